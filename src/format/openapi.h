/* OpenAPI 3.1 of the whole API, generated from the kinds. */
#ifndef BANYAN_FORMAT_OPENAPI_H
#define BANYAN_FORMAT_OPENAPI_H

#include "format/format.h"

Json *openapi_make(const FormatWork *work);

#endif
