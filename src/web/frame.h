/* The member "page" of what a template sees (render.h lists it). */
#ifndef BANYAN_WEB_FRAME_H
#define BANYAN_WEB_FRAME_H

#include "web/route.h"

/* page.groups of a language with nothing marked as current: made once, then shared by all threads. */
Json *page_menu_make(Arena *a, const Messages *messages, const Kinds *kinds, Str lang);
/* `route` is NULL on the error page of a path that has none. */
void page_frame_put(Request *req, const Route *route, Str page, Json *value);

#endif
