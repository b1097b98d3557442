// interposer.c: counts what a program does to the world, and ends it with SIGKILL at the call that
// the campaign names. Preloaded (LD_PRELOAD), never linked and never shipped.
//
//   CRASH_BIN    only programs of this directory are counted and ended
//   CRASH_LOG    a directory that gets one page of counts for each of their processes
//   CRASH_TOOL   whom to end: "rc-fetch", or with its first operand "state-mark fetch"
//   CRASH_KIND   at which kind of call, by the names below
//   CRASH_NTH    at which call of that kind, from 1
//   CRASH_WHEN   before, after, or torn: half of the bytes are out, then it dies
//   CRASH_SCOPE  tool, or group: all processes of its group die with it, as in a power failure
//   CRASH_BOOT   a file to be read in the place of the kernel's boot id; this for every program
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum Kind {
    EMIT,      // bytes into a pipe: records to the next program
    WRITE,     // bytes into a file
    FSYNC,     // a file or a directory to the disk
    RENAME,    // a name given: rename, link, symlink
    UNLINK,    // a name taken
    TRUNCATE,  // a file cut
    PAGE,      // bytes into the database or its log
    COMMIT,    // the database or its log to the disk
    REQUEST,   // bytes to a service
    REPLY,     // bytes from a service, when they have come
    KINDS,
    NONE = -1
};

static const char *const names[KINDS] = {
    "emit", "write", "fsync", "rename", "unlink", "truncate", "page", "commit", "request", "reply",
};

enum When { GOES_ON, BEFORE, AFTER, TORN };

// What the campaign reads: place.py knows this layout.
struct Page {
    char tool[64];
    _Atomic unsigned counts[KINDS];
    _Atomic unsigned struck;
    char object[256];
    char undurable[256];
};

static struct Page *page;
static enum Kind wanted = NONE;
static unsigned nth;
static enum When when;
static bool takes_group;
static const char *boot;

#define NEXT(type, name, ...)                                        \
    static type (*next)(__VA_ARGS__);                                \
    if (!next) next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

// The name of the running program: its file's, and for the checkpoint's family the stage too.
static void name_program(char *name, size_t size, const char *program) {
    char line[4096];
    snprintf(name, size, "%s", strrchr(program, '/') + 1);
    if (strncmp(name, "state-", 6) != 0) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : syscall(SYS_read, file, line, sizeof line - 1);
    if (file >= 0) syscall(SYS_close, file);
    if (length <= 0) return;
    line[length] = 0;
    const char *first = line + strlen(line) + 1;
    if (first >= line + length) return;
    if (*first == 0 || first[strspn(first, "abcdefghijklmnopqrstuvwxyz")] != 0) return;
    size_t used = strlen(name);
    snprintf(name + used, size - used, " %s", first);
}

__attribute__((constructor)) static void begin(void) {
    const char *directory = getenv("CRASH_BIN");
    const char *log = getenv("CRASH_LOG");
    char program[PATH_MAX], tool[64], path[PATH_MAX];
    boot = getenv("CRASH_BOOT");
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (!directory || !log || length <= 0) return;
    program[length] = 0;
    size_t prefix = strlen(directory);
    if (strncmp(program, directory, prefix) != 0 || program[prefix] != '/') return;
    name_program(tool, sizeof tool, program);

    snprintf(path, sizeof path, "%s/%d", log, (int)getpid());
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || syscall(SYS_ftruncate, file, (long)sizeof *page) != 0) return;
    struct Page *mapped = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (mapped == MAP_FAILED) return;
    memcpy(mapped->tool, tool, sizeof tool);

    const char *victim = getenv("CRASH_TOOL"), *kind = getenv("CRASH_KIND");
    const char *number = getenv("CRASH_NTH"), *moment = getenv("CRASH_WHEN");
    const char *scope = getenv("CRASH_SCOPE");
    if (victim && kind && number && moment && strcmp(victim, tool) == 0) {
        for (int each = 0; each < KINDS; each++)
            if (strcmp(kind, names[each]) == 0) wanted = (enum Kind)each;
        nth = (unsigned)atoi(number);
        when = *moment == 'b' ? BEFORE : *moment == 'a' ? AFTER : TORN;
        takes_group = scope && strcmp(scope, "group") == 0;
    }
    page = mapped;
}

// Counts one call; tells whether it is the one.
static enum When at(enum Kind kind) {
    if (!page || kind == NONE) return GOES_ON;
    unsigned number = atomic_fetch_add(&page->counts[kind], 1) + 1;
    return kind == wanted && number == nth ? when : GOES_ON;
}

_Noreturn static void die(int descriptor, const char *name) {
    if (name) {
        snprintf(page->object, sizeof page->object, "%s", name);
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, page->object, sizeof page->object - 1);
        if (length < 0) page->object[0] = 0;
    }
    atomic_store(&page->struck, 1);
    kill(takes_group ? 0 : getpid(), SIGKILL);
    for (;;) pause();
}

static bool is_database(int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = 0;
    static const char *const ends[] = {".db", ".db-wal", ".db-shm", ".db-journal"};
    for (size_t each = 0; each < sizeof ends / sizeof *ends; each++) {
        size_t end = strlen(ends[each]);
        if ((size_t)length > end && strcmp(path + length - end, ends[each]) == 0) return true;
    }
    return false;
}

// Files with bytes that no fsync has followed; what is renamed so may be empty after a power failure.
static struct { dev_t device; ino_t inode; } unsynced[64];
static pthread_mutex_t unsynced_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_sync(const struct stat *file, bool is_synced) {
    pthread_mutex_lock(&unsynced_lock);
    int free_place = -1, its_place = -1;
    for (int each = 0; each < 64; each++) {
        if (unsynced[each].inode == 0) free_place = each;
        if (unsynced[each].inode == file->st_ino && unsynced[each].device == file->st_dev)
            its_place = each;
    }
    if (is_synced && its_place >= 0) unsynced[its_place].inode = 0;
    if (!is_synced && its_place < 0 && free_place >= 0) {
        unsynced[free_place].inode = file->st_ino;
        unsynced[free_place].device = file->st_dev;
    }
    pthread_mutex_unlock(&unsynced_lock);
}

// Whether a path is in the directory that the environment names.
static bool is_in(const char *path, const char *variable) {
    const char *directory = getenv(variable);
    return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static void check_rename(const char *from, const char *to) {
    struct stat file;
    int saved = errno;
    if (page && lstat(from, &file) == 0 && S_ISREG(file.st_mode)) {
        for (int each = 0; each < 64; each++) {
            if (unsynced[each].inode != file.st_ino || unsynced[each].device != file.st_dev)
                continue;
            size_t length = strlen(to);
            // These need not outlast a power failure.
            if (is_in(to, "XDG_RUNTIME_DIR") || is_in(to, "TMPDIR") || strstr(to, ".part.json"))
                continue;
            if (length < sizeof page->undurable && !page->undurable[0])
                memcpy(page->undurable, to, length);
        }
    }
    errno = saved;
}

// What it is to use a descriptor; nothing that matters for terminals and the like.
static enum Kind of_use(int descriptor, bool writes) {
    struct stat status;
    int domain = 0, saved = errno;
    socklen_t size = sizeof domain;
    enum Kind kind = NONE;
    if (!page || descriptor == STDERR_FILENO || fstat(descriptor, &status) != 0) return kind;
    if (S_ISFIFO(status.st_mode)) {
        // Other pipes are a program's own, between its threads.
        kind = descriptor == STDOUT_FILENO ? EMIT : NONE;
    } else if (S_ISREG(status.st_mode)) {
        kind = is_database(descriptor) ? PAGE : descriptor == STDOUT_FILENO ? EMIT : WRITE;
        if (kind == WRITE && writes) note_sync(&status, false);
    } else if (S_ISSOCK(status.st_mode)) {
        getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        kind = domain == AF_INET || domain == AF_INET6 ? REQUEST : NONE;
    }
    errno = saved;
    return kind;
}

static enum Kind of_write(int descriptor) { return of_use(descriptor, true); }

static enum Kind of_sync(int descriptor) {
    struct stat status;
    if (!page || fstat(descriptor, &status) != 0) return NONE;
    note_sync(&status, true);
    return is_database(descriptor) ? COMMIT : FSYNC;
}

// A call with the point around it; `half` is what a torn one does before it dies.
#define POINT(type, kind, descriptor, name, call, half)   \
    do {                                                  \
        enum When moment = at(kind);                      \
        if (moment == BEFORE) die(descriptor, name);      \
        if (moment == TORN) {                             \
            (void)!(half);                                \
            die(descriptor, name);                        \
        }                                                 \
        type result = (call);                             \
        if (moment == AFTER) die(descriptor, name);       \
        return result;                                    \
    } while (0)

ssize_t write(int file, const void *bytes, size_t count) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    POINT(ssize_t, of_write(file), file, NULL, next(file, bytes, count),
          next(file, bytes, count / 2));
}

#define PWRITE(name)                                                         \
    ssize_t name(int file, const void *bytes, size_t count, off64_t offset) { \
        NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);        \
        POINT(ssize_t, of_write(file), file, NULL,                            \
              next(file, bytes, count, offset),                               \
              next(file, bytes, count / 2, offset));                          \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t writev(int file, const struct iovec *parts, int count) {
    NEXT(ssize_t, "writev", int, const struct iovec *, int);
    POINT(ssize_t, of_write(file), file, NULL, next(file, parts, count),
          next(file, parts, (count + 1) / 2));
}

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    NEXT(ssize_t, "send", int, const void *, size_t, int);
    POINT(ssize_t, of_write(file), file, NULL, next(file, bytes, count, flags),
          next(file, bytes, count / 2, flags));
}

ssize_t sendto(int file, const void *bytes, size_t count, int flags,
               const struct sockaddr *to, socklen_t size) {
    NEXT(ssize_t, "sendto", int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    POINT(ssize_t, of_write(file), file, NULL, next(file, bytes, count, flags, to, size),
          next(file, bytes, count / 2, flags, to, size));
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    NEXT(ssize_t, "sendmsg", int, const struct msghdr *, int);
    POINT(ssize_t, of_write(file), file, NULL, next(file, message, flags), 0);
}

// A reply is a point when bytes have come; before them it is as after the request.
#define REPLIED(call)                                                       \
    do {                                                                    \
        ssize_t result = (call);                                            \
        if (result > 0 && of_use(file, false) == REQUEST && at(REPLY) != GOES_ON) \
            die(file, NULL);                                                \
        return result;                                                      \
    } while (0)

ssize_t recv(int file, void *bytes, size_t count, int flags) {
    NEXT(ssize_t, "recv", int, void *, size_t, int);
    REPLIED(next(file, bytes, count, flags));
}

ssize_t read(int file, void *bytes, size_t count) {
    NEXT(ssize_t, "read", int, void *, size_t);
    REPLIED(next(file, bytes, count));
}

int fsync(int file) {
    NEXT(int, "fsync", int);
    POINT(int, of_sync(file), file, NULL, next(file), 0);
}

int fdatasync(int file) {
    NEXT(int, "fdatasync", int);
    POINT(int, of_sync(file), file, NULL, next(file), 0);
}

#define FTRUNCATE(name)                                            \
    int name(int file, off64_t length) {                           \
        NEXT(int, "ftruncate64", int, off64_t);                    \
        POINT(int, TRUNCATE, file, NULL, next(file, length), 0);   \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int rename(const char *from, const char *to) {
    NEXT(int, "rename", const char *, const char *);
    check_rename(from, to);
    POINT(int, RENAME, -1, to, next(from, to), 0);
}

int renameat2(int here, const char *from, int there, const char *to, unsigned flags) {
    NEXT(int, "renameat2", int, const char *, int, const char *, unsigned);
    POINT(int, RENAME, -1, to, next(here, from, there, to, flags), 0);
}

int link(const char *from, const char *to) {
    NEXT(int, "link", const char *, const char *);
    POINT(int, RENAME, -1, to, next(from, to), 0);
}

int linkat(int here, const char *from, int there, const char *to, int flags) {
    NEXT(int, "linkat", int, const char *, int, const char *, int);
    POINT(int, RENAME, -1, to, next(here, from, there, to, flags), 0);
}

int symlink(const char *from, const char *to) {
    NEXT(int, "symlink", const char *, const char *);
    POINT(int, RENAME, -1, to, next(from, to), 0);
}

int unlink(const char *path) {
    NEXT(int, "unlink", const char *);
    POINT(int, UNLINK, -1, path, next(path), 0);
}

int unlinkat(int here, const char *path, int flags) {
    NEXT(int, "unlinkat", int, const char *, int);
    POINT(int, UNLINK, -1, path, next(here, path, flags), 0);
}

// The boot id, which a simulated reboot changes.

static const char *instead(const char *path) {
    static const char kernels[] = "/proc/sys/kernel/random/boot_id";
    return boot && path && strcmp(path, kernels) == 0 ? boot : path;
}

#define MODE_OF(flags)                                      \
    mode_t mode = 0;                                        \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                  \
        va_list rest;                                       \
        va_start(rest, flags);                              \
        mode = va_arg(rest, mode_t);                        \
        va_end(rest);                                       \
    }

#define OPEN(name)                                      \
    int name(const char *path, int flags, ...) {         \
        NEXT(int, #name, const char *, int, mode_t);     \
        MODE_OF(flags);                                  \
        return next(instead(path), flags, mode);         \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                          \
    int name(int here, const char *path, int flags, ...) {     \
        NEXT(int, #name, int, const char *, int, mode_t);      \
        MODE_OF(flags);                                        \
        return next(here, instead(path), flags, mode);         \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                     \
    FILE *name(const char *path, const char *mode) {     \
        NEXT(FILE *, #name, const char *, const char *); \
        return next(instead(path), mode);                \
    }
FOPEN(fopen)
FOPEN(fopen64)
