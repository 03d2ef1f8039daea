/* Codes and names of countries. */
#include "text/country.h"

#include "check.h"

TEST("a country is known by its codes and by the names that statistics write")
{
    static const char *const rows[][2] = {
        { "TH", "TH" },
        { "THA", "TH" },
        { "Thailand", "TH" },
        { "VIET NAM", "VN" },
        { "Vietnam", "VN" },
        { "Lao People's Democratic Republic", "LA" },
        { "Lao People\xE2\x80\x99s Democratic Republic", "LA" },
        { "C\xC3\xB4te d\xE2\x80\x99Ivoire", "CI" },
        { "C\xC3\xB4te d'Ivoire", "CI" },
        { "Trinidad and Tobago", "TT" },
        { "Trinidad & Tobago", "TT" },
        { "Saint Lucia", "LC" },
        { "St. Lucia", "LC" },
        { "Korea, Rep.", "KR" },
        { "NAM", "NA" },
        { "NA", "NA" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(country_code(str_of(rows[i][0])), str_of(rows[i][1]));
}

TEST("what is no country has no code")
{
    static const char *const rows[] = {
        "", "-", "World", "Asia", "ASEAN", "EU-27", "OWID_WRL", "Landlocked developing countries"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CHECK_STR(country_code(str_of(rows[i])), STR_NONE);
}
