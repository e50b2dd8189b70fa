#ifndef HOGSEND_CSQLITE_SHIM_H
#define HOGSEND_CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_STATIC is a cast function pointer, a macro that Swift does not import.

// The text must stay where it is until the statement is reset and its bindings are cleared. Only of one
// whose end SQLite finds by itself, at a length of -1, does it not make a copy for each function that
// reads it.
static inline int hogsend_sqlite_bind_lasting_text(
    sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_STATIC);
}

#endif
