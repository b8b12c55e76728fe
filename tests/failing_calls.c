/* Stands before the C library (LD_PRELOAD): lets the n-th call that changes a folder fail, and writes down all of them.

   shim_arm(folder, n, error, log): from now on in this process. n < 1: none fails. log < 0: nothing is written down.
   A record is: operation, inode, offset, length of path, of second path and of data (8 bytes each but the first), then
   these three. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[PATH_MAX];
static size_t folder_length;
static long count, fail_at;
static int fail_with, log_to = -1;

void shim_arm(const char *path, long n, int error, int log) {
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
    count = 0, fail_at = n, fail_with = error, log_to = log;
}

long shim_count(void) { return count; }

static int ours(const char *path) { return folder_length && !strncmp(path, folder, folder_length); }

static int of_descriptor(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return ours(path);
}

static void absolute(int at, const char *name, char *path) {
    if (name[0] == '/') { snprintf(path, PATH_MAX, "%s", name); return; }
    char base[PATH_MAX];
    if (at == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; } else of_descriptor(at, base);
    snprintf(path, PATH_MAX, "%.2000s/%.2000s", base, name);
}

static int fails(void) {
    if (++count != fail_at) return 0;
    errno = fail_with;
    return 1;
}

static void put(char op, const char *path, const char *second, uint64_t inode, int64_t offset, const void *data, size_t size) {
    if (log_to < 0) return;
    uint64_t head[5] = {inode, (uint64_t)offset, strlen(path), second ? strlen(second) : 0, data ? size : 0};
    syscall(SYS_write, log_to, &op, 1);
    syscall(SYS_write, log_to, head, sizeof head);
    syscall(SYS_write, log_to, path, head[2]);
    if (head[3]) syscall(SYS_write, log_to, second, head[3]);
    for (size_t at = 0; at < head[4];) at += syscall(SYS_write, log_to, (const char *)data + at, head[4] - at);
}

void shim_mark(long number) { put('A', "", 0, 0, number, 0, 0); }

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

#define REAL(name) (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int64_t place_of(int fd) {
    if (fcntl(fd, F_GETFL) & O_APPEND) return lseek(fd, 0, SEEK_END);
    return lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t size) {
    char path[PATH_MAX];
    if (!folder_length || !of_descriptor(fd, path)) return syscall(SYS_write, fd, data, size);
    if (fails()) return -1;
    int64_t at = place_of(fd);
    ssize_t done = syscall(SYS_write, fd, data, size);
    if (done > 0) put('W', path, 0, inode_of(fd), at, data, done);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    char path[PATH_MAX];
    if (!folder_length || !of_descriptor(fd, path)) return syscall(SYS_pwrite64, fd, data, size, at);
    if (fails()) return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, data, size, at);
    if (done > 0) put('W', path, 0, inode_of(fd), at, data, done);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

size_t fwrite(const void *data, size_t size, size_t items, FILE *file) {
    char path[PATH_MAX];
    int fd = fileno(file);
    if (!folder_length || fd < 0 || !of_descriptor(fd, path)) return (REAL(fwrite))(data, size, items, file);
    if (fails()) return 0;
    int64_t at = ftello(file);
    size_t done = (REAL(fwrite))(data, size, items, file);
    if (done) put('W', path, 0, inode_of(fd), at, data, done * size);
    return done;
}

static int synced(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    if (!folder_length || !of_descriptor(fd, path)) return real(fd);
    if (fails()) return -1;
    int done = real(fd);
    if (!done) put('S', path, 0, inode_of(fd), 0, 0, 0);
    return done;
}
int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    if (!folder_length || !of_descriptor(fd, path)) return (REAL(ftruncate64))(fd, size);
    if (fails()) return -1;
    int done = (REAL(ftruncate64))(fd, size);
    if (!done) put('T', path, 0, inode_of(fd), size, 0, 0);
    return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int renameat(int at, const char *old, int to, const char *new) {
    char first[PATH_MAX], second[PATH_MAX];
    absolute(at, old, first), absolute(to, new, second);
    if (!ours(first) && !ours(second)) return (REAL(renameat))(at, old, to, new);
    if (fails()) return -1;
    int done = (REAL(renameat))(at, old, to, new);
    if (!done) put('R', first, second, 0, 0, 0, 0);
    return done;
}
int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int mkdirat(int at, const char *name, mode_t mode) {
    char path[PATH_MAX];
    absolute(at, name, path);
    if (!ours(path)) return (REAL(mkdirat))(at, name, mode);
    if (fails()) return -1;
    int done = (REAL(mkdirat))(at, name, mode);
    if (!done) put('M', path, 0, 0, 0, 0, 0);
    return done;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int unlinkat(int at, const char *name, int flags) {
    char path[PATH_MAX];
    absolute(at, name, path);
    if (!ours(path)) return (REAL(unlinkat))(at, name, flags);
    if (fails()) return -1;
    int done = (REAL(unlinkat))(at, name, flags);
    if (!done) put('U', path, 0, 0, 0, 0, 0);
    return done;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int openat64(int at, const char *name, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags), mode = va_arg(more, mode_t), va_end(more);
    }
    char path[PATH_MAX];
    absolute(at, name, path);
    int changes = ours(path) && (flags & (O_CREAT | O_TRUNC));
    if (changes && fails()) return -1;
    int there = changes && !faccessat(at, name, F_OK, AT_SYMLINK_NOFOLLOW);
    int fd = syscall(SYS_openat, at, name, flags | O_LARGEFILE, mode);
    if (fd >= 0 && changes && !there) put('C', path, 0, inode_of(fd), 0, 0, 0);
    if (fd >= 0 && changes && there && flags & O_TRUNC) put('T', path, 0, inode_of(fd), 0, 0, 0);
    return fd;
}

#define OPENS(name)                                                        \
    int name(const char *path, int flags, ...) {                           \
        mode_t mode = 0;                                                   \
        if (flags & (O_CREAT | O_TMPFILE)) {                               \
            va_list more;                                                  \
            va_start(more, flags), mode = va_arg(more, mode_t), va_end(more); \
        }                                                                  \
        return openat64(AT_FDCWD, path, flags, mode);                      \
    }
OPENS(open64)
OPENS(open)
