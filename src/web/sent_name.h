/* Names of files that people send: as a header says them, and as they are kept and shown. */
#ifndef BANYAN_WEB_SENT_NAME_H
#define BANYAN_WEB_SENT_NAME_H

#include "base/str.h"

#define SENT_NAME_MAX 200 /* bytes */

/* The file's name in a Content-Disposition header (RFC 6266): `filename*` (RFC 8187, of UTF-8 or ISO-8859-1) before
   `filename`, which may be quoted, with what is quoted behind "\". Empty without one; any bytes, so: */
Str sent_name_said(Arena *a, Str header);
/* What is kept of a name: the last part of a path, without white space around it and control characters, cut to
   SENT_NAME_MAX at a character; never empty, UTF-8. `from_form`: %22, %0D and %0A stand for a quote and a line
   end, as browsers write them in a form (HTML, multipart/form-data). */
Str sent_name_make(Arena *a, Str given, bool from_form);

#endif
