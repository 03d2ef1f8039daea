/* One datagram to the service manager. */
#include "cli/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool notify_wanted(void)
{
    const char *where = getenv("NOTIFY_SOCKET");
    return where && (where[0] == '/' || where[0] == '@') &&
           strlen(where) < sizeof((struct sockaddr_un *)NULL)->sun_path;
}

void notify_manager(const char *format, ...)
{
    if (!notify_wanted()) return;
    char    text[256];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);

    const char        *where = getenv("NOTIFY_SOCKET");
    size_t             length = strlen(where);
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    memcpy(to.sun_path, where, length);
    if (to.sun_path[0] == '@') to.sun_path[0] = 0; /* an abstract name */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
}
