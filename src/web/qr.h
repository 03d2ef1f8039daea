/* QR codes (ISO/IEC 18004), for the secret of one-time passwords. */
#ifndef BANYAN_WEB_QR_H
#define BANYAN_WEB_QR_H

#include "base/json.h"

/* {"size": modules a side with the quiet zone, "path": an SVG path over the dark ones}; NULL when the text
   is too long for one (2,331 bytes). */
Json *qr_make(Arena *a, Str text);

#endif
