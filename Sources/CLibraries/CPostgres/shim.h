#ifndef HOGSEND_CPOSTGRES_SHIM_H
#define HOGSEND_CPOSTGRES_SHIM_H

#include <libpq-fe.h>

// Macros with a character as value, which Swift does not import as numbers.

static const int hogsend_pg_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int hogsend_pg_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int hogsend_pg_diag_function = PG_DIAG_SOURCE_FUNCTION;

#endif
