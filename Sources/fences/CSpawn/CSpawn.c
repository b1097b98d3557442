// CSpawn: the steps between fork and exec.
#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_limits(const cspawn_request *request) {
    struct rlimit none = {0, 0}, most = {request->memory, request->memory};
    if (!(request->ties & CSPAWN_INHERITS) && setrlimit(RLIMIT_CORE, &none) != 0) return errno;
    if (request->memory && setrlimit(RLIMIT_AS, &most) != 0) return errno;
    return 0;
}

static int set_streams(const cspawn_request *request) {
    // First out of the way of each other: with our own standard input closed, one of them may be 0.
    int streams[3] = {request->input, request->output, request->errors};
    for (int each = 0; each < 3; each++)
        if (streams[each] >= 0 && (streams[each] = fcntl(streams[each], F_DUPFD_CLOEXEC, 3)) < 0)
            return errno;
    for (int each = 0; each < 3; each++)
        if (streams[each] >= 0 && dup2(streams[each], each) < 0) return errno;
    // A library may have opened descriptors without the flag; an older kernel leaves them open.
    if (!(request->ties & CSPAWN_INHERITS)) syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
    return 0;
}

static void set_signals(const cspawn_request *request, const sigset_t *before) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction usual = {.sa_handler = SIG_DFL}, present;
        if (request->ties & CSPAWN_INHERITS && sigaction(number, NULL, &present) == 0
            && present.sa_handler == SIG_IGN)
            continue;
        // No handler of ours may run in the child once a signal is unblocked.
        sigaction(number, &usual, NULL);
    }
    sigset_t blocked;
    sigemptyset(&blocked);
    if (request->ties & CSPAWN_INHERITS) blocked = *before;
    if (request->ties & CSPAWN_BLOCKS_ENDING) {
        sigaddset(&blocked, SIGINT);
        sigaddset(&blocked, SIGTERM);
        sigaddset(&blocked, SIGHUP);
        sigaddset(&blocked, SIGQUIT);
    }
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

// In the child: only async-signal-safe calls, since other threads may have held any lock.
static int become(const cspawn_request *request, pid_t parent, const sigset_t *before) {
    if (request->ties & CSPAWN_OWN_GROUP && setpgid(0, 0) != 0) return errno;
    if (request->ties & CSPAWN_ENDS_WITH_THREAD) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
        // The parent may have died before it was asked for.
        if (getppid() != parent) _exit(127);
    }
    int problem = set_limits(request);
    if (!problem) problem = set_streams(request);
    if (problem) return problem;
    set_signals(request, before);
    execve(request->program, request->arguments, request->environment);
    return errno;
}

int cspawn(const cspawn_request *request, pid_t *child) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    // A handler of ours must not run in the child before it is taken away.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid(), number = fork();
    if (number == 0) {
        int problem = become(request, parent, &before);
        _exit(write(report[1], &problem, sizeof problem) == sizeof problem ? 127 : 126);
    }
    int problem = number < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (number > 0) {
        int told = 0;
        ssize_t count;
        do count = read(report[0], &told, sizeof told); while (count < 0 && errno == EINTR);
        if (count == sizeof told) {
            problem = told;
            while (waitpid(number, NULL, 0) < 0 && errno == EINTR) {}
        }
    }
    close(report[0]);
    *child = number;
    return problem;
}
