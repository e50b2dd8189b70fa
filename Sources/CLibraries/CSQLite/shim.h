#ifndef HOGSEND_CSQLITE_SHIM_H
#define HOGSEND_CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_STATIC is a cast function pointer, a macro that Swift does not import.

// The text must stay where it is until the statement is reset and its bindings are cleared.
static inline int hogsend_sqlite_bind_lasting_text(
    sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_STATIC, SQLITE_UTF8);
}

#endif
