/* What the two processes of a question say to each other over a socket: frames of bytes, and open files. Only
   console/ includes it. */
#ifndef BANYAN_DATA_CONSOLE_WIRE_H
#define BANYAN_DATA_CONSOLE_WIRE_H

#include "base/buf.h"
#include "base/err.h"

#define WIRE_FRAME_MAX ((size_t)16 << 20)
#define WIRE_CHILD_FD  3
#define WIRE_NAME      "banyan-question" /* the child's argv[0]; then memory, seconds, rows and threads */

bool wire_send(int fd, Str frame);
/* The next frame, in `a`. `until_ms` on the monotonic clock; 0: no end. False at the end of the other process, of
   the time (*late is set), or for what is no frame. */
bool    wire_receive(int fd, Arena *a, int64_t until_ms, Str *out, bool *late);
bool    wire_send_file(int fd, int file);
bool    wire_receive_file(int fd, int *file);
int64_t wire_now_ms(void);

#endif
