/* The node's map of assets/maps (setting `map_view`), drawn by scripts/make-maps.js. */
#ifndef BANYAN_WEB_SHAPES_H
#define BANYAN_WEB_SHAPES_H

#include "core/node.h"

/* {"width","height","countries":[{"code","path","x","y","area"}],"borders","disputed"}; lives for ever, never to be
   changed. Read once. Any thread. */
Str  map_view_name(Node *node); /* "visionscarto": assets/maps/NAME.json, and NAME-world.json of the world */
bool map_shapes(Node *node, Arena *a, const Json **out, Err *err);

#endif
