/* What the heading of a column means, in the languages of those who write the files (heading_words.def): whatever its
   case, spaces and signs, traditional or simplified, with or without a remark in brackets ("Longitude (deg)"), and in
   two languages at once ("国家/Country", "สถานี Station"), when both mean the same. */
#ifndef BANYAN_DATA_HEADING_H
#define BANYAN_DATA_HEADING_H

#include "base/str.h"

typedef enum {
    HEADING_LATITUDE,
    HEADING_LONGITUDE,
    HEADING_COORDINATES, /* both of them in one cell */
    HEADING_COUNTRY,
    HEADING_AREA, /* a country, when its cells are countries */
    HEADING_PLACE,
    HEADING_NAME, /* of anything */
    HEADING_TAXON,
    HEADING_INDICATOR,
    HEADING_VALUE,
    HEADING_UNIT,
    HEADING_QUALITY,
    HEADING_ID,
    HEADING_YEAR,
    HEADING_MONTH,
    HEADING_DAY, /* of the month */
    HEADING_HOUR,
    HEADING_DATE,
    HEADING_TIME,   /* of the day */
    HEADING_RECORD, /* when somebody worked on the row, not when what it tells was */
    HEADING_TOTAL   /* of the rows above; also of cells */
} HeadingMeaning;

#define HEADING_BIT(meaning) ((uint32_t)1 << HEADING_##meaning)

/* All that it may mean, a bit each. Some microseconds. Of SDMX's "REF_AREA: Reference area" the part before the colon
   counts. Thread-safe. */
uint32_t heading_meanings(Str heading);

#endif
