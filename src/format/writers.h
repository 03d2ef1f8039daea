/* The writers named in formats.def. */
#ifndef BANYAN_FORMAT_WRITERS_H
#define BANYAN_FORMAT_WRITERS_H

#include "format/format.h"

#define FORMAT(ending, type, where, needs, with_doc, attachment, writer) \
    bool writer(const FormatWork *work, const Json *value, Buf *out, Err *err);
#include "format/formats.def"
#undef FORMAT

#endif
