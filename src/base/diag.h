/* The operator's log: one line an event on stderr, "time level what key=value …". Only the outermost
   caller logs an error, once. Never a secret: no passwords, tokens, cookies, bodies.
   Where stderr is systemd's journal, which has the time itself, a line begins with "<priority>" in the time's place
   (sd-daemon(3)), so that `journalctl -p warning` finds it.
   From any thread; control characters are shown as \n and \xNN; longer than 4095 bytes is cut. Starts
   at DIAG_INFO. */
#ifndef BANYAN_BASE_DIAG_H
#define BANYAN_BASE_DIAG_H

#include "base/err.h"

typedef enum { DIAG_DEBUG,
               DIAG_INFO,
               DIAG_WARN,
               DIAG_ERROR } DiagLevel;
void diag_set_level(DiagLevel least);
void diag(DiagLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For what is written to stderr by other means: "<3>" and the like where that is the journal, else "". */
const char *diag_priority(DiagLevel level);

#endif
