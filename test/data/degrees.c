/* Coordinates as people write them. */
#include "data/degrees.h"

#include "check.h"

TEST("degrees are read with minutes, seconds, hemispheres and signs, and what is no coordinate is none")
{
    static const struct {
        const char *text;
        bool        latitude;
        double      is; /* 999: none */
    } table[] = {
        { "13°45′30″N", true, 13.758333333 },
        { "13° 45' 30\" S", true, -13.758333333 },
        { "N13 45 30", true, 13.758333333 },
        { "100°30.5'E", false, 100.508333333 },
        { "100 30.5 w", false, -100.508333333 },
        { "-13:45:30", true, -13.758333333 },
        { "−13,5°", true, -13.5 },
        { "13.7563° N", true, 13.7563 },
        { "13.7563", true, 13.7563 },
        { "13d45m30s", true, 13.758333333 },
        { "北纬23°7′48″", true, 23.13 },
        { "東經113度15分", false, 113.25 },
        { "180°E", false, 180 },
        { "91°N", true, 999 },
        { "13°45′30″E", true, 999 }, /* of the other axis */
        { "13°60′N", true, 999 },
        { "13.5°45′N", true, 999 },
        { "N13S", true, 999 },
        { "-13 N", true, 999 },
        { "1.2.3", true, 999 },
        { "13 45 30 20 N", true, 999 },
        { "N", true, 999 },
        { "", true, 999 },
        { "north", true, 999 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double degrees, *of = &degrees;
        if (!degrees_read(str_of(table[i].text), table[i].latitude, of)) degrees = 999;
        CHECK_STR(str_format(a, "%s %.6f", table[i].text, degrees),
                  str_format(a, "%s %.6f", table[i].text, table[i].is).at);
    }
}
