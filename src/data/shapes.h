/* The shapes of countries: which ones a place lies in, or near.

   Natural Earth's countries at 1:10 million, generalised to 0.01 degree (about a kilometre), 0.4 MB in the program
   (shapes.bin, made by scripts/make-shapes.js). Lakes and rivers belong to their country; the Caspian Sea is sea.
   The smallest islands are missing. Shapes say what is usual in data, and nothing of anybody's right: use
   data/place.h, which knows which areas several countries claim.

   shapes.bin: varints; the number of shapes, the ISO 3166-1 numeric code of each (0: an area without a code), the
   number of lines, and of each line the shapes on its two sides (from 1; 0: the sea), its number of points, and
   these as differences of longitude and latitude in steps of 0.002 degree, from the point before, sign in the last bit.

   In memory a grid of a quarter of a degree has of each cell the shapes at its middle and the lines in it. A place is
   in what the middle is in, less or plus the borders on the way there. */
#ifndef BANYAN_DATA_SHAPES_H
#define BANYAN_DATA_SHAPES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct Shapes Shapes;

/* Read once in a process, some 30 ms and 6 MB; lives for ever. Any thread. */
const Shapes *shapes_get(void);

#define SHAPES_FOUND 24 /* within a degree of no place are so many */

typedef struct {
    size_t        n;
    unsigned char shape[SHAPES_FOUND]; /* in no order */
} ShapesFound;

/* Those that have a point within so many degrees of a great circle (0: that contain it), at most 10. Latitude -90 to
   90, longitude -180 to 180; none outside. Cost: 20 to 500 ns for up to a quarter of a degree, by the number of
   borders there; it grows with the square of the distance. */
void shapes_near(const Shapes *s, double latitude, double longitude, double degrees, ShapesFound *out);

/* Those whose coast has a point within so many degrees: no land border, and not what contains the place. */
void shapes_coasts_near(const Shapes *s, double latitude, double longitude, double degrees, ShapesFound *out);

typedef struct {
    uint64_t bits[4]; /* of shape n: bit n % 64 of bits[n / 64] */
} ShapeSet;

/* Whether any of them is in a cell of one degree that has a point within so many degrees: farther by up to one and a
   half degrees than was said, but some 100 ns for any distance up to 4. */
bool shapes_reach(const Shapes *s, double latitude, double longitude, double degrees, const ShapeSet *any_of);

/* Whether the place is within so many degrees of the box of the shape: false says that it is in no part, nor at any
   middle, of it. */
bool shapes_box_near(const Shapes *s, unsigned char shape, double latitude, double longitude, double degrees);

size_t      shapes_count(const Shapes *s);                     /* they are numbered from 1 */
const char *shapes_code(const Shapes *s, unsigned char shape); /* ISO 3166-1 alpha-2; "" of areas without a code */
/* 0 when the country has no shape of its own. */
unsigned char shapes_find(const Shapes *s, Str alpha2);

#endif
