/* The shapes of countries, and what may lie in them. */
#include "data/shapes.h"

#include <math.h>
#include <string.h>

#include "data/place.h"

#include "check.h"

/* The codes near a place, in the order of the alphabet. */
static Str near_of(Arena *a, double latitude, double longitude, double degrees)
{
    const Shapes *s = shapes_get();
    ShapesFound   found;
    Buf          *out = buf_open(a);
    shapes_near(s, latitude, longitude, degrees, &found);
    const char *last = "";
    for (size_t k = 0; k < found.n; k++) {
        const char *least = NULL;
        for (size_t i = 0; i < found.n; i++) {
            const char *code = shapes_code(s, found.shape[i]);
            if (strcmp(code, last) > 0 && (!least || strcmp(code, least) < 0)) least = code;
        }
        if (!least) break;
        buf_putf(out, "%s%s", out->len ? " " : "", least);
        last = least;
    }
    return buf_str(out);
}

TEST("a capital lies in its country, and an ocean in none")
{
    static const struct {
        const char *in;
        double      latitude, longitude;
    } places[] = {
        { "TH", 13.75, 100.5 },
        { "CN", 39.9, 116.4 },
        { "ID", -6.2, 106.82 },
        { "PH", 14.6, 121.0 },
        { "MM", 19.75, 96.1 },
        { "LA", 17.97, 102.6 },
        { "KH", 11.56, 104.92 },
        { "VN", 21.03, 105.85 },
        { "MY", 3.14, 101.69 },
        { "SG", 1.35, 103.82 },
        { "BN", 4.9, 114.93 },
        { "TL", -8.56, 125.58 },
        { "US", 38.9, -77.04 },
        { "RU", 55.75, 37.62 },
        { "RU", 66.0, 179.0 },
        { "RU", 66.5, -175.0 },
        { "FJ", -17.8, 178.0 },
        { "AU", -25.23, 135.43 },
        { "AQ", -82.0, 30.0 },
        { "AQ", -89.9, -120.0 },
        { "ZA", -30.0, 24.0 },
        { "LS", -29.5, 28.2 },
        { "SM", 43.94, 12.46 },
        { "NZ", -41.3, 174.78 },
        { "", 0, -30 },
        { "", 89.9, 0 },
        { "", -38.28, 72.05 },
        { "", 12.0, 115.0 },
        { "", 41.5, 51.0 },
        { "", 10.5, 101.0 },
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        CHECK_STR(near_of(a, places[i].latitude, places[i].longitude, 0), places[i].in);
}

TEST("every shape has a point of each of its lines near, and none outside the globe")
{
    CHECK_STR(near_of(a, 91, 0, 0.2), "");
    CHECK_STR(near_of(a, NAN, 0, 0.2), "");
    CHECK_STR(near_of(a, 0, 180.5, 0.2), "");
    CHECK(shapes_count(shapes_get()) > 200);
    CHECK(!shapes_find(shapes_get(), S("XX")) && !shapes_find(shapes_get(), STR_NONE));
    CHECK_STR(str_of(shapes_code(shapes_get(), shapes_find(shapes_get(), S("TH")))), "TH");
}

TEST("near a border both sides are near, also over the 180th meridian")
{
    CHECK_STR(near_of(a, 17.96, 102.62, 0.2), "LA TH");
    CHECK_STR(near_of(a, 18.5, 100.0, 0.2), "TH");
    CHECK_STR(near_of(a, 1.3, 103.8, 0.5), "ID MY SG");
    CHECK_STR(near_of(a, 12.2, 101.0, 0.2), "");
    CHECK_STR(near_of(a, 12.2, 101.0, 1.0), "TH");
    CHECK_STR(near_of(a, 65.0, -179.9, 3), "RU");
    CHECK_STR(near_of(a, 71.2, 179.99, 0.5), "RU");
    CHECK_STR(near_of(a, 71.2, -179.99, 0.5), "RU");
}

TEST("what distance says agrees with a walk over the lines: nothing near is missed at any latitude")
{
    /* A place in a country's middle must stay in it when it is asked from a step away with twice the step. */
    const Shapes *s = shapes_get();
    size_t        wrong = 0, asked = 0;
    for (double y = -85; y < 85; y += 3.7)
        for (double x = -179.9; x < 180; x += 2.3) {
            ShapesFound here, beside;
            shapes_near(s, y, x, 0, &here);
            double east = x + 0.15 / fmax(cos(y * M_PI / 180), 0.05);
            if (!here.n || east > 180) continue;
            shapes_near(s, y, east, 0.2, &beside);
            bool found = false;
            for (size_t i = 0; i < beside.n; i++) found = found || beside.shape[i] == here.shape[0];
            wrong += !found;
            asked++;
        }
    CHECK(asked > 1500);
    CHECK_EQ_INT(wrong, 0);
}

TEST("a place fits its country with a margin, at sea within its zone, and each that claims an area")
{
    static const struct {
        const char  *country;
        double       latitude, longitude;
        PlaceVerdict verdict;
    } cases[] = {
        { "TH", 13.75, 100.5, PLACE_FITS },
        { "Thailand", 18.0, 102.62, PLACE_FITS }, /* Vientiane, three kilometres over the river */
        { "TH", 21.03, 105.85, PLACE_IN_ANOTHER },
        { "Viet Nam", 13.75, 100.5, PLACE_IN_ANOTHER },
        { "TH", 10.5, 101.0, PLACE_FITS_AT_SEA },
        { "TH", -20.0, 80.0, PLACE_FAR_AT_SEA },
        { "MN", 10.5, 101.0, PLACE_FAR_AT_SEA },
        { "", 10.5, 101.0, PLACE_FITS_AT_SEA },
        { "", 18.0, 102.62, PLACE_FITS },
        { "IN", 34.1, 74.8, PLACE_FITS },
        { "PK", 34.1, 74.8, PLACE_FITS },
        { "CN", 28.0, 94.0, PLACE_FITS },
        { "IN", 28.0, 94.0, PLACE_FITS },
        { "TH", 34.1, 74.8, PLACE_IN_ANOTHER },
        { "TW", 24.0, 121.0, PLACE_FITS },
        { "CN", 24.0, 121.0, PLACE_FITS },
        { "UA", 45.0, 34.2, PLACE_FITS },
        { "RU", 45.0, 34.2, PLACE_FITS },
        { "RS", 42.6, 21.0, PLACE_FITS },
        { "US", 18.4, -66.1, PLACE_FITS }, /* Puerto Rico */
        { "PR", 18.4, -66.1, PLACE_FITS },
        { "PR", 38.9, -77.04, PLACE_IN_ANOTHER },
        { "FR", 4.9, -52.3, PLACE_FITS },
        { "GF", 4.9, -52.3, PLACE_NOT_JUDGED }, /* no shape of its own */
        { "Atlantis", 13.75, 100.5, PLACE_NOT_JUDGED },
        { "TH", 95, 100.5, PLACE_NOT_JUDGED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PlaceCountry country;
        place_country(str_of(cases[i].country), &country);
        PlaceVerdict is = place_judge(cases[i].latitude, cases[i].longitude, &country);
        if (is != cases[i].verdict) printf("  %s %g %g\n", cases[i].country, cases[i].latitude, cases[i].longitude);
        CHECK_EQ_INT(is, cases[i].verdict);
    }
}
