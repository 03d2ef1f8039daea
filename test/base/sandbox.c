/* A process that has closed itself in. Each try is made in a child, which tells by its exit code. */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int part;

/* A sanitizer's own runtime takes terabytes of addresses and opens files: it cannot be closed in. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static bool open_file(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}
static bool open_made(void)
{
    return open("/part/1", O_RDONLY) >= 0 || open("/part/0/../x", O_RDONLY) >= 0;
}
static bool open_to_write(void)
{
    return open("/part/0", O_RDWR) >= 0;
}
static bool make_file(void)
{
    return open("/tmp/banyan-sandbox", O_CREAT | O_WRONLY, 0600) >= 0 ||
           mkdir("/tmp/banyan-sandbox", 0700) == 0;
}
static bool make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static bool make_process(void)
{
    return fork() >= 0 || execl("/bin/true", "true", NULL) == 0;
}
static bool signal_parent(void)
{
    return kill(getppid(), 0) == 0;
}
static bool make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}
static bool take_memory(void)
{
    return malloc((size_t)4 << 30) != NULL;
}
static bool trace_parent(void)
{
    return syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0) >= 0;
}

static void *nothing(void *given)
{
    return given;
}
static bool read_part(void)
{
    char        text[5] = { 0 };
    struct stat st;
    int         file = open("/part/0", O_RDONLY | O_CLOEXEC);
    return file >= 0 && pread(file, text, 4, 0) == 4 && fstat(file, &st) == 0 && st.st_size == 4 &&
           stat("/part/0", &st) == 0 && text[0] == 'r' && close(file) == 0;
}
static bool start_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

/* 1: it could; 0: it could not; else how the process ended. */
static int tried(bool (*what)(void))
{
    int   status;
    pid_t pid = fork();
    if (pid == 0) {
        SandboxRules rules = {
            .memory_bytes = (uint64_t)256 << 20, .cpu_seconds = 10, .files = &part, .file_count = 1
        };
        Err err = { 0 };
        _exit(sandbox_enter(&rules, &err) ? what() : 9);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST("who is closed in opens no file, socket or process, and takes no more memory than it may")
{
    if (SANITIZED) SKIP("a sanitizer's runtime cannot be closed in");
    part = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    bool (*const list[])(void) = { open_file, open_made, open_to_write, make_file, make_socket, make_process,
                                   signal_parent, make_code, take_memory, trace_parent };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        int got = tried(list[i]);
        CHECK_EQ_INT(got, 0);
    }
    close(part);
}

TEST("who is closed in reads what it was handed, by its made-up path, and starts threads")
{
    if (SANITIZED) SKIP("a sanitizer's runtime cannot be closed in");
    char path[] = "/tmp/banyan-part-XXXXXX";
    part = mkstemp(path);
    CHECK(write(part, "rows", 4) == 4);
    unlink(path);
    CHECK_EQ_INT(tried(read_part), 1);
    CHECK_EQ_INT(tried(start_thread), 1);
    close(part);
}
