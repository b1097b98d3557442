// CSpawn: a program as a child process, with limits and ties that posix_spawn cannot set.
//
// posix_spawn sets neither limits nor a parent's death signal, and between fork and exec only C may
// run: Swift allocates where a lock may be held for ever. So these steps stand here, and no others.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stdint.h>
#include <sys/types.h>

enum {
    // The child leads a process group of its own.
    CSPAWN_OWN_GROUP = 1,
    // The kernel kills the child when the calling thread ends, however that comes about, so the
    // thread has to stay as long as the program is wanted.
    CSPAWN_ENDS_WITH_THREAD = 2,
    // SIGINT, SIGTERM, SIGHUP and SIGQUIT are blocked, so that what a terminal sends to the group
    // does not end the child.
    CSPAWN_BLOCKS_ENDING = 4,
    // The child gets all that exec leaves: descriptors, ignored and blocked signals, core dumps.
    // Without it no signal is blocked or ignored, and the child gets its three streams only.
    CSPAWN_INHERITS = 8,
};

typedef struct {
    const char *program;
    char *const *arguments;
    char *const *environment;
    // The child's standard input, output and error; -1 for the caller's own.
    int input, output, errors;
    // The most bytes of address space (RLIMIT_AS); 0 for no limit.
    uint64_t memory;
    // Of the flags above.
    unsigned ties;
} cspawn_request;

// Starts the program. Returns 0 and sets the child, or returns errno's number.
int cspawn(const cspawn_request *request, pid_t *child);

#endif
