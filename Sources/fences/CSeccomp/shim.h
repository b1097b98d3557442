#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

// prctl is variadic, which Swift cannot call; so is seccomp_rule_add, which has an _array twin.
static inline int cseccomp_prctl(int option, unsigned long value) {
    return prctl(option, value, 0, 0, 0);
}

// Macros with a computation in them do not import into Swift.
static const uint32_t cseccomp_kill = SCMP_ACT_KILL_PROCESS;
static const uint32_t cseccomp_allow = SCMP_ACT_ALLOW;
static const uint32_t cseccomp_refuse = SCMP_ACT_ERRNO(EACCES);

// Swift's Glibc module is made without _GNU_SOURCE, and so without these.
extern int memfd_create(const char *name, unsigned int flags);
extern int close_range(unsigned int first, unsigned int last, int flags);
