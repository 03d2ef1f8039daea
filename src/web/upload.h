/* Files in the body of a request, on routes that take them (FILES in routes.def): they go to NODE/parts/tmp as
   they arrive, never through memory. Either a form with files (multipart/form-data, RFC 7578), whose other fields
   become req->form; or one file as the body itself, with its name in `?name=` or Content-Disposition.

   Before the first byte: who sends it may write, and the page it comes from is ours (the form's token is checked
   by the handler, when it has arrived); it fits `import_max_bytes` of the settings and the disk; and not too much is
   under way. What is cut, or what its handler does not take, is removed. */
#ifndef BANYAN_WEB_UPLOAD_H
#define BANYAN_WEB_UPLOAD_H

#include <microhttpd.h>

#include "web/web.h"

#define UPLOAD_FILES_MAX  50
#define UPLOAD_FIELD_MAX  ((size_t)64 << 10) /* one field that is no file */
#define UPLOAD_FIELDS_MAX 64

typedef struct Upload Upload;

/* `declared`: Content-Length, or 0 when it is not said. ERR_SIGN_IN, ERR_FORBIDDEN, ERR_TOO_BIG, ERR_TOO_MANY,
   ERR_DISK_FULL, ERR_UNSUPPORTED. */
bool upload_open(Request *req, struct MHD_Connection *connection, uint64_t declared, Upload **out, Err *err);
/* Whatever goes wrong is said by upload_finish. False when the sender cannot be heard any longer. */
bool upload_take(Upload *upload, const char *bytes, size_t n);
/* All has arrived: fills req->form and req->files, whose paths are the upload's until they are made empty. */
bool upload_finish(Upload *upload, Request *req, Err *err);
void upload_close(Upload *upload); /* removes what nobody took; accepts NULL */

#endif
