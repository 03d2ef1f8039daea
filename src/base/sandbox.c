/* See sandbox.h. A call that is not listed fails with EPERM. Those that name a path are not allowed either:
   they raise SIGSYS, and its handler answers in their place with a copy of the descriptor that was handed over. */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "which calls there are is known for x86-64 and ARM64"
#endif

static const int allowed[] = {
    SYS_read,
    SYS_pread64,
    SYS_write,
    SYS_recvmsg,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_dup,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_futex,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_exit,
    SYS_exit_group,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getpid,
    SYS_gettid,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_getrusage,
    SYS_membarrier,
    SYS_restart_syscall,
};

/* Answered by the handler. */
static const int by_path[] = {
    SYS_openat,
    SYS_newfstatat,
    SYS_faccessat,
    SYS_statx,
#ifdef __x86_64__
    SYS_open,
    SYS_stat,
    SYS_access,
#endif
};

/* The rules of the process; a signal's handler has no other way to them. */
static const SandboxRules *in_force;

/* The number at the end of "/part/N"; -1 for any other path. */
static int part_of(const char *path)
{
    size_t folder = sizeof SANDBOX_FOLDER - 1;
    long   n = 0;
    if (strncmp(path, SANDBOX_FOLDER, folder) != 0 || !path[folder]) return -1;
    for (const char *at = path + folder; *at; at++) {
        if (*at < '0' || *at > '9') return -1;
        n = n * 10 + (*at - '0');
        if ((size_t)n >= in_force->file_count) return -1;
    }
    return in_force->files[n];
}

static long answer(long call, const long *given)
{
    bool        at_first = false; /* the path is the first argument, not the second */
    const char *path;
#ifdef __x86_64__
    at_first = call == SYS_open || call == SYS_stat || call == SYS_access;
#endif
    path = (const char *)given[at_first ? 0 : 1];
    /* fstat, as the C library asks it. */
    if (call == SYS_newfstatat && path && !*path && (given[3] & AT_EMPTY_PATH))
        return syscall(SYS_fstat, (int)given[0], (struct stat *)given[2]) == 0 ? 0 : -errno;
    if (call == SYS_statx) return -ENOSYS;
    int file = path ? part_of(path) : -1;
    if (file < 0) return -ENOENT;
#ifdef __x86_64__
    if (call == SYS_stat) return syscall(SYS_fstat, file, (struct stat *)given[1]) == 0 ? 0 : -errno;
    if (call == SYS_access) return given[1] & W_OK ? -EACCES : 0;
    if (call == SYS_open) {
        long copy = given[1] & (O_WRONLY | O_RDWR) ? -1 : dup(file);
        return copy < 0 ? -EACCES : copy;
    }
#endif
    if (call == SYS_newfstatat) return syscall(SYS_fstat, file, (struct stat *)given[2]) == 0 ? 0 : -errno;
    if (call == SYS_faccessat) return given[2] & W_OK ? -EACCES : 0;
    long copy = given[2] & (O_WRONLY | O_RDWR) ? -1 : dup(file);
    return copy < 0 ? -EACCES : copy;
}

static void on_forbidden(int number, siginfo_t *info, void *context)
{
    ucontext_t *at = context;
    int         kept = errno;
    (void)number;
#ifdef __x86_64__
    greg_t *r = at->uc_mcontext.gregs;
    long    given[] = { (long)r[REG_RDI], (long)r[REG_RSI], (long)r[REG_RDX], (long)r[REG_R10] };
    r[REG_RAX] = (greg_t)answer(info->si_syscall, given);
#else
    unsigned long long *r = at->uc_mcontext.regs;
    long                given[] = { (long)r[0], (long)r[1], (long)r[2], (long)r[3] };
    r[0] = (unsigned long long)answer(info->si_syscall, given);
#endif
    errno = kept;
}

static bool limit(int what, uint64_t most, Err *err)
{
    struct rlimit both = { most, most };
    return setrlimit(what, &both) == 0 || fail_errno(err, "limit the process");
}

/* Bytes of addresses in use; 0 when that cannot be read. */
static uint64_t addresses_in_use(void)
{
    unsigned long long pages = 0;
    FILE              *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%llu", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

typedef struct {
    struct sock_filter code[4 * (sizeof allowed / sizeof *allowed + sizeof by_path / sizeof *by_path) + 40];
    unsigned short     n;
} Filter;

static void put(Filter *f, unsigned short what, uint32_t k, unsigned char yes, unsigned char no)
{
    f->code[f->n++] = (struct sock_filter)BPF_JUMP(what, k, yes, no);
}

static void put_load(Filter *f, size_t offset)
{
    put(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void put_return(Filter *f, uint32_t what)
{
    put(f, BPF_RET | BPF_K, what, 0, 0);
}

#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)) /* its low half */
#define REFUSE      (SECCOMP_RET_ERRNO | EPERM)

/* `call`: allowed when its argument has, or has not, any of `bits`. */
static void put_bits(Filter *f, int call, size_t argument, uint32_t bits, bool wanted)
{
    put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4);
    put_load(f, ARGUMENT(argument));
    put(f, BPF_JMP | BPF_JSET | BPF_K, bits, wanted ? 0 : 1, wanted ? 1 : 0);
    put_return(f, SECCOMP_RET_ALLOW);
    put_return(f, REFUSE);
}

static void filter_fill(Filter *f)
{
    put_load(f, offsetof(struct seccomp_data, arch));
    put(f, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    put_return(f, SECCOMP_RET_KILL_PROCESS);
    put_load(f, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1);
        put_return(f, SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < sizeof by_path / sizeof *by_path; i++) {
        put(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)by_path[i], 0, 1);
        put_return(f, SECCOMP_RET_TRAP);
    }
    /* Threads, told by flags that can be read; the C library takes clone where there is no clone3. */
    put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
    put_return(f, SECCOMP_RET_ERRNO | ENOSYS);
    put_bits(f, SYS_clone, 0, CLONE_THREAD, true);
    put_bits(f, SYS_mmap, 2, PROT_EXEC, false);
    put_bits(f, SYS_mprotect, 2, PROT_EXEC, false);
    put_return(f, REFUSE);
}

bool sandbox_enter(const SandboxRules *rules, Err *err)
{
    Filter            filter = { 0 };
    struct sock_fprog program = { .filter = filter.code };
    struct sigaction  on = { .sa_sigaction = on_forbidden, .sa_flags = SA_SIGINFO | SA_NODEFER };
    in_force = rules;
    filter_fill(&filter);
    program.len = filter.n;
    if (!limit(RLIMIT_AS, addresses_in_use() + rules->memory_bytes, err) ||
        !limit(RLIMIT_CPU, rules->cpu_seconds, err) || !limit(RLIMIT_FSIZE, 0, err) || !limit(RLIMIT_CORE, 0, err))
        return false;
    if (sigaction(SIGSYS, &on, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno(err, "close the process in");
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
        return fail(err, ERR_INTERNAL, "this system has no seccomp filter, so no question in SQL is run: %s",
                    strerror(errno));
    return true;
}
