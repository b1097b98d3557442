// CSQLite: SQLite as Debian ships it, and what Swift cannot say.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_TRANSIENT is -1 cast to a function pointer, a macro that Swift does not import.
static inline int csqlite_bind_copy(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

// sqlite3_config is variadic, which Swift does not call. Without the count of allocated bytes,
// which is not needed, there is no lock around each allocation. The journal of a statement stays in
// memory up to 15 pages: beyond, SQLite writes it to a file, and goes on doing so until the
// transaction ends.
static inline int csqlite_config(void) {
    int status = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return status == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 120 << 10) : status;
}

// sqlite3_db_config is variadic, too. The last to close a file then leaves its log beside it.
static inline int csqlite_keep_log(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
