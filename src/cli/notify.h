/* What a service manager is told of this process: sd_notify's protocol, one datagram to $NOTIFY_SOCKET. */
#ifndef BANYAN_CLI_NOTIFY_H
#define BANYAN_CLI_NOTIFY_H

#include <stdbool.h>

bool notify_wanted(void); /* a service manager started this process and listens */
/* One assignment or several, parted by newlines: "READY=1", "STATUS=…". At most 255 bytes. Nothing where nobody
   listens; what cannot be sent is not said twice. */
void notify_manager(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
