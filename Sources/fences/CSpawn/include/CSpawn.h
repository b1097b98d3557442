// CSpawn: a program as a child that cannot outlive us nor outgrow its memory.
//
// posix_spawn sets neither limits nor a parent's death signal, and between fork and exec only C may
// run: Swift allocates where a lock may be held for ever. So these steps stand here, and no others.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stdint.h>
#include <sys/types.h>

typedef struct {
    const char *program;
    char *const *arguments;
    char *const *environment;
    // What the child gets as its standard input, output and error; at least 3 each. It gets no other.
    int input, output, errors;
    // The most bytes of address space (RLIMIT_AS); 0 for no limit.
    uint64_t memory;
} cspawn_request;

// Starts the program in a process group of its own, with no signal blocked or ignored and no core
// dump. It is killed when the calling thread ends, however that comes about, so the thread has to
// stay as long as the program is wanted. Answers 0 and the child, or errno's number.
int cspawn(const cspawn_request *request, pid_t *child);

#endif
