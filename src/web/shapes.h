/* The node's map (setting `map_view`): which view of borders it draws. NAME.json is the region and NAME-world.json the
   world, as scripts/make-maps.js draws them; they lie in the node's own folder maps/ or in SHARE/assets/maps. */
#ifndef BANYAN_WEB_SHAPES_H
#define BANYAN_WEB_SHAPES_H

#include "web/site.h"

/* Fills site->map and site->map_world from site->assets, at start. Where nobody asked for a view and the usual one is
   not there, pages have no map.
   Fails  ERR_NOT_FOUND no such view (the text names those that there are); ERR_FORMAT it is no map of this frame */
bool shapes_open(Site *site, Err *err);

#endif
