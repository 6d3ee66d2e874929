/*
 * Writes down every change that a process makes to one folder, in order: preloaded (LD_PRELOAD) before the C library.
 *
 * RECORDER_FOLDER is that folder, empty at the start; RECORDER_LOG the file that is written. What goes to standard output or
 * a socket is written down too, before it goes out: that is what the process has promised somebody by then.
 *
 * One lock is held across a call and its note, so that the notes have the order of the calls. A change that cannot be told apart
 * later, such as a writable mapping, is noted as a surprise: whoever replays the log refuses it then.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* As `DiskEvent` reads them. */
enum { CREATED = 1, WRITTEN, RESIZED, SYNCED, NAMED, REMOVED, FOLDER_MADE, FOLDER_SYNCED, SAID, SURPRISE };

#define FILES 1024
#define DESCRIPTORS 65536

struct file {
    char path[256]; /* below the folder; empty once removed */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int log_file = -1;
static struct file files[FILES];
static uint32_t file_count;
/* The file behind a descriptor, counted from 1; a folder's is negative. */
static int32_t opened[DESCRIPTORS];
static char folders[FILES][256];
static int32_t folder_count;

#define REAL(name, type, arguments) \
    static type(*real_##name) arguments; \
    if (!real_##name) real_##name = (type(*) arguments)dlsym(RTLD_NEXT, #name)

static void note(uint8_t kind, uint32_t file, uint64_t place, const void *data, uint32_t length) {
    uint8_t head[17];
    head[0] = kind;
    memcpy(head + 1, &file, 4);
    memcpy(head + 5, &place, 8);
    memcpy(head + 13, &length, 4);
    struct iovec parts[2] = {{head, sizeof head}, {(void *)data, length}};
    if (syscall(SYS_writev, log_file, parts, 2) != (long)(sizeof head + length)) abort();
}

static void note_text(uint8_t kind, uint32_t file, const char *text) { note(kind, file, 0, text, strlen(text)); }

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("RECORDER_FOLDER"), *log = getenv("RECORDER_LOG");
    if (!where || !log || !realpath(where, folder)) return;
    folder_length = strlen(folder);
    log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    /* The programs that this one starts are not recorded. */
    unsetenv("LD_PRELOAD");
}

/* The path below the folder, "" for the folder itself, or NULL. `result` has room for PATH_MAX. */
static const char *below(int at, const char *path, char *result) {
    if (log_file < 0) return NULL;
    char joined[PATH_MAX], parent[PATH_MAX];
    if (path[0] != '/' && at != AT_FDCWD) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, parent, sizeof parent - 1);
        if (length < 0) return NULL;
        parent[length] = 0;
        if (snprintf(joined, sizeof joined, "%s/%s", parent, path) >= (int)sizeof joined) return NULL;
    } else if (snprintf(joined, sizeof joined, "%s", path) >= (int)sizeof joined) {
        return NULL;
    }
    /* The last part need not exist, and a symbolic link is not followed there. */
    char whole[PATH_MAX];
    struct stat facts;
    if (lstat(joined, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        if (!realpath(joined, whole)) return NULL;
    } else {
        char *slash = strrchr(joined, '/');
        const char *name = slash ? slash + 1 : joined;
        if (slash) *slash = 0;
        if (!realpath(slash ? (slash == joined ? "/" : joined) : ".", parent)) return NULL;
        if (snprintf(whole, sizeof whole, "%s/%s", parent, name) >= (int)sizeof whole) return NULL;
    }
    if (strncmp(whole, folder, folder_length) || (whole[folder_length] && whole[folder_length] != '/')) return NULL;
    snprintf(result, PATH_MAX, "%s", whole + folder_length + (whole[folder_length] == '/'));
    if (strlen(result) >= sizeof files[0].path) abort();
    return result;
}

static uint32_t find(const char *path) {
    for (uint32_t i = 0; i < file_count; i++)
        if (!strcmp(files[i].path, path)) return i + 1;
    return 0;
}

static uint32_t add(const char *path) {
    if (file_count == FILES) abort();
    strcpy(files[file_count].path, path);
    return ++file_count;
}

static int32_t add_folder(const char *path) {
    for (int32_t i = 0; i < folder_count; i++)
        if (!strcmp(folders[i], path)) return -i - 1;
    if (folder_count == FILES) abort();
    strcpy(folders[folder_count], path);
    return -++folder_count;
}

/* The first name of the file that was given a second one last. */
static char linked[256];

static int32_t known(int descriptor) { return descriptor >= 0 && descriptor < DESCRIPTORS ? opened[descriptor] : 0; }

static int open_noted(int at, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    int problem = errno;
    pthread_mutex_lock(&lock);
    const char *name = below(at, path, buffer);
    errno = problem;
    int descriptor = syscall(SYS_openat, at, path, flags, mode);
    problem = errno;
    if (descriptor >= DESCRIPTORS && name) abort();
    if (descriptor >= 0 && descriptor < DESCRIPTORS) {
        opened[descriptor] = 0;
        struct stat facts;
        if (name && fstat(descriptor, &facts) == 0) {
            if (S_ISDIR(facts.st_mode)) {
                opened[descriptor] = add_folder(name);
            } else if (S_ISREG(facts.st_mode)) {
                uint32_t file = find(name);
                if (!file) {
                    file = add(name);
                    note_text(CREATED, file, name);
                    if (facts.st_size) note_text(SURPRISE, file, "a file that was there before");
                } else if (flags & O_TRUNC) {
                    note(RESIZED, file, 0, "", 0);
                }
                if (flags & O_APPEND) note_text(SURPRISE, file, "opened to append");
                opened[descriptor] = file;
            }
        }
    }
    pthread_mutex_unlock(&lock);
    errno = problem;
    return descriptor;
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) { MODE_OF(flags) return open_noted(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_noted(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE_OF(flags) return open_noted(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE_OF(flags) return open_noted(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_noted(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int descriptor) {
    if (known(descriptor)) {
        pthread_mutex_lock(&lock);
        opened[descriptor] = 0;
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_close, descriptor);
}

/* What somebody else can see from now on. */
static void say(int descriptor, const struct iovec *parts, int count) {
    struct stat facts;
    int problem = errno;
    if (log_file < 0 || descriptor == log_file || (descriptor != 1 && (fstat(descriptor, &facts) || !S_ISSOCK(facts.st_mode)))) {
        errno = problem;
        return;
    }
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    char *all = malloc(length + 1);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        memcpy(all + at, parts[i].iov_base, parts[i].iov_len);
        at += parts[i].iov_len;
    }
    pthread_mutex_lock(&lock);
    note(SAID, descriptor, 0, all, length);
    pthread_mutex_unlock(&lock);
    free(all);
    errno = problem;
}

/* Notes what a call has written: `call` returns how many octets. */
#define WRITES(descriptor, place, octets, call) \
    int32_t file = known(descriptor); \
    if (file <= 0) return call; \
    pthread_mutex_lock(&lock); \
    uint64_t where = place; \
    ssize_t count = call; \
    int problem = errno; \
    if (count > 0) note(WRITTEN, file, where, octets, count); \
    pthread_mutex_unlock(&lock); \
    errno = problem; \
    return count;

static uint64_t position(int descriptor) { return syscall(SYS_lseek, descriptor, 0, SEEK_CUR); }

ssize_t write(int descriptor, const void *octets, size_t size) {
    struct iovec one = {(void *)octets, size};
    if (!known(descriptor)) say(descriptor, &one, 1);
    WRITES(descriptor, position(descriptor), octets, syscall(SYS_write, descriptor, octets, size))
}
ssize_t pwrite(int descriptor, const void *octets, size_t size, off_t place) {
    WRITES(descriptor, place, octets, syscall(SYS_pwrite64, descriptor, octets, size, place))
}
ssize_t pwrite64(int descriptor, const void *octets, size_t size, off64_t place) {
    WRITES(descriptor, place, octets, syscall(SYS_pwrite64, descriptor, octets, size, place))
}

static void surprise(int descriptor, const char *what) {
    int32_t file = known(descriptor);
    if (file <= 0) return;
    pthread_mutex_lock(&lock);
    note_text(SURPRISE, file, what);
    pthread_mutex_unlock(&lock);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    if (!known(descriptor)) say(descriptor, parts, count);
    surprise(descriptor, "writev");
    return syscall(SYS_writev, descriptor, parts, count);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t place) {
    REAL(pwritev, ssize_t, (int, const struct iovec *, int, off_t));
    surprise(descriptor, "pwritev");
    return real_pwritev(descriptor, parts, count, place);
}
ssize_t sendfile64(int out, int in, off64_t *place, size_t count) {
    surprise(out, "sendfile");
    return syscall(SYS_sendfile, out, in, place, count);
}
ssize_t sendfile(int out, int in, off_t *place, size_t count) { return sendfile64(out, in, place, count); }
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
    surprise(out, "copy_file_range");
    return syscall(SYS_copy_file_range, in, from, out, to, count, flags);
}
void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t place) {
    /* SQLite's index of a log is made anew after a crash: nothing of it has to be on the disk. */
    int32_t file = known(descriptor);
    const char *name = file > 0 ? files[file - 1].path : "", *end = strrchr(name, '-');
    if ((flags & MAP_SHARED) && (protection & PROT_WRITE) && !(end && !strcmp(end, "-shm"))) surprise(descriptor, "a writable mapping");
    return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, place);
}
void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t place) {
    return mmap(address, length, protection, flags, descriptor, place);
}

static int resize_noted(int descriptor, off_t size) {
    int32_t file = known(descriptor);
    if (file <= 0) return syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_ftruncate, descriptor, size), problem = errno;
    if (result == 0) note(RESIZED, file, size, "", 0);
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}
int ftruncate(int descriptor, off_t size) { return resize_noted(descriptor, size); }
int ftruncate64(int descriptor, off64_t size) { return resize_noted(descriptor, size); }

/* Gives its error back, not in errno. Room that is taken makes a file longer, never shorter. */
static int allocate_noted(int descriptor, off_t place, off_t length) {
    int32_t file = known(descriptor);
    pthread_mutex_lock(&lock);
    struct stat facts;
    int before = errno, problem = syscall(SYS_fallocate, descriptor, 0, place, length) == 0 ? 0 : errno;
    if (file > 0 && !problem && fstat(descriptor, &facts) == 0) note(RESIZED, file, facts.st_size, "", 0);
    pthread_mutex_unlock(&lock);
    errno = before;
    return problem;
}
int posix_fallocate(int descriptor, off_t place, off_t length) { return allocate_noted(descriptor, place, length); }
int posix_fallocate64(int descriptor, off64_t place, off64_t length) { return allocate_noted(descriptor, place, length); }

static int sync_noted(int descriptor, long call) {
    int32_t file = known(descriptor);
    if (!file) return syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    int result = syscall(call, descriptor), problem = errno;
    if (result == 0 && file > 0) note(SYNCED, file, 0, "", 0);
    if (result == 0 && file < 0) note_text(FOLDER_SYNCED, 0, folders[-file - 1]);
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}
int fsync(int descriptor) { return sync_noted(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_noted(descriptor, SYS_fdatasync); }

static int rename_noted(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    char old_buffer[PATH_MAX], new_buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *old_name = below(from_at, from, old_buffer), *new_name = below(to_at, to, new_buffer);
    int result = syscall(SYS_renameat2, from_at, from, to_at, to, flags), problem = errno;
    if (result == 0 && (old_name || new_name)) {
        uint32_t file = old_name ? find(old_name) : 0, gone = new_name ? find(new_name) : 0;
        if (!file || !new_name || flags) {
            note_text(SURPRISE, 0, "a name that came from or went elsewhere");
        } else {
            if (gone) files[gone - 1].path[0] = 0;
            strcpy(files[file - 1].path, new_name);
            note_text(NAMED, file, new_name);
        }
    }
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}
int rename(const char *from, const char *to) { return rename_noted(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_at, const char *from, int to_at, const char *to) { return rename_noted(from_at, from, to_at, to, 0); }
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    return rename_noted(from_at, from, to_at, to, flags);
}

/* A second name, as a draft gets that must not replace what is there: the first goes right behind it, so it is noted as a move. */
int link(const char *from, const char *to) {
    char old_buffer[PATH_MAX], new_buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *old_name = below(AT_FDCWD, from, old_buffer), *new_name = below(AT_FDCWD, to, new_buffer);
    int result = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0), problem = errno;
    if (result == 0 && (old_name || new_name)) {
        uint32_t file = old_name ? find(old_name) : 0;
        if (!file || !new_name) {
            note_text(SURPRISE, 0, "a name that came from or went elsewhere");
        } else {
            strcpy(linked, old_name);
            strcpy(files[file - 1].path, new_name);
            note_text(NAMED, file, new_name);
        }
    }
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}

static int unlink_noted(int at, const char *path, int flags) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *name = below(at, path, buffer);
    /* A socket is nothing that a disk has to keep. */
    struct stat facts;
    if (name && (fstatat(at, path, &facts, AT_SYMLINK_NOFOLLOW) || S_ISSOCK(facts.st_mode))) name = NULL;
    int result = syscall(SYS_unlinkat, at, path, flags), problem = errno;
    if (result == 0 && name) {
        uint32_t file = find(name);
        if (file) {
            files[file - 1].path[0] = 0;
            note_text(REMOVED, file, name);
        } else if (!strcmp(name, linked)) {
            linked[0] = 0;
        } else {
            note_text(SURPRISE, 0, "something was removed that was never made");
        }
    }
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}
int unlink(const char *path) { return unlink_noted(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return unlink_noted(at, path, flags); }

int mkdir(const char *path, mode_t mode) {
    char buffer[PATH_MAX];
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_mkdirat, AT_FDCWD, path, mode), problem = errno;
    const char *name = result == 0 ? below(AT_FDCWD, path, buffer) : NULL;
    if (name) note_text(FOLDER_MADE, 0, name);
    pthread_mutex_unlock(&lock);
    errno = problem;
    return result;
}
