#include "data/console/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t wire_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool put_all(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n;) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool wire_send(int fd, Str frame)
{
    uint32_t n = (uint32_t)frame.len;
    return frame.len <= WIRE_FRAME_MAX && put_all(fd, &n, sizeof n) && put_all(fd, frame.at, frame.len);
}

static bool get_all(int fd, void *to, size_t n, int64_t until_ms, bool *late)
{
    for (char *at = to; n;) {
        if (until_ms) {
            struct pollfd one = { .fd = fd, .events = POLLIN };
            int64_t       left = until_ms - wire_now_ms();
            *late = left <= 0 || poll(&one, 1, (int)left) == 0;
            if (*late) return false;
        }
        ssize_t done = read(fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool wire_receive(int fd, Arena *a, int64_t until_ms, Str *out, bool *late)
{
    uint32_t n;
    *late = false;
    if (!get_all(fd, &n, sizeof n, until_ms, late) || n > WIRE_FRAME_MAX) return false;
    char *to = arena_raw(a, (size_t)n + 1);
    if (!get_all(fd, to, n, until_ms, late)) return false;
    to[n] = 0;
    *out = (Str){ to, n };
    return true;
}

typedef union {
    struct cmsghdr head;
    char           room[CMSG_SPACE(sizeof(int))];
} Control;

bool wire_send_file(int fd, int file)
{
    char          byte = 'f';
    Control       control = { 0 };
    struct iovec  bytes = { &byte, 1 };
    struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof file),
                                     .cmsg_level = SOL_SOCKET,
                                     .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.head), &file, sizeof file);
    return sendmsg(fd, &m, MSG_NOSIGNAL) == 1;
}

bool wire_receive_file(int fd, int *file)
{
    char          byte;
    Control       control = { 0 };
    struct iovec  bytes = { &byte, 1 };
    struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) != 1 || control.head.cmsg_type != SCM_RIGHTS) return false;
    memcpy(file, CMSG_DATA(&control.head), sizeof *file);
    return true;
}
