/* The member "page" of what a template sees (render.h lists it). */
#ifndef BANYAN_WEB_FRAME_H
#define BANYAN_WEB_FRAME_H

#include "web/route.h"

/* `route` is NULL on the error page of a path that has none. */
void page_frame_put(Request *req, const Route *route, Str page, Json *value);

#endif
