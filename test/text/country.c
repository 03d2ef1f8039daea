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

TEST("a country is known by its name in the languages of the region, in the form of the UN, and by its formal name")
{
    static const char *const rows[][2] = {
        { "Falkland Islands (Malvinas)", "FK" },
        { "Tanzania, United Republic of", "TZ" },
        { "Iran, Islamic Republic of", "IR" },
        { "Palestine, State of", "PS" },
        { "Bolivia, Plurinational State of", "BO" },
        { "Moldova (the Republic of)", "MD" },
        { "Philippines (the)", "PH" },
        { "Congo, Democratic Republic of the", "CD" },
        { "Congo (the Democratic Republic of the)", "CD" },
        { "Congo, Republic of the", "CG" },
        { "Korea (the Republic of)", "KR" },
        { "Korea (the Democratic People's Republic of)", "KP" },
        { "Virgin Islands (British)", "VG" },
        { "Republic of the Philippines", "PH" },
        { "Socialist Republic of Viet Nam", "VN" },
        { "Kingdom of Thailand", "TH" },
        { "The Netherlands", "NL" },
        { "Türkiye", "TR" },
        { "China, Hong Kong SAR", "HK" },
        { "UK", "GB" },
        { "U.K.", "GB" },
        { "ไทย", "TH" },
        { "ประเทศไทย", "TH" },
        { "中国", "CN" },
        { "中國", "CN" },
        { "寮國", "LA" },
        { "Việt Nam", "VN" },
        { "Vie\u0323\u0302t Nam", "VN" },
        { "VIỆT NAM", "VN" },
        { "กัมพูชา", "KH" },
        { "ประเทศกัมพูชา", "KH" },
        { "កម្ពុជា", "KH" },
        { "ລາວ", "LA" },
        { "Filipina", "PH" },
        { "Singapura", "SG" },
        { "Kemboja", "KH" },
        { "الإمارات", "AE" },
        { "الإمارات العربية المتحدة", "AE" },
        { "พม่า", "MM" },
        { "日本", "JP" },
        { "Россия", "RU" },
        { "Hoa Kỳ", "US" },
        { "Corée du Sud", "KR" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(country_code(str_of(rows[i][0])), str_of(rows[i][1]));
}

TEST("what is no country has no code")
{
    static const char *const rows[] = {
        "", "-", "World", "Asia", "ASEAN", "EU-27", "OWID_WRL", "Landlocked developing countries", "Republic of China",
        "Georgia (US)", "Republic of", "Korea", "Atlanta, Georgia", "Asia (excluding China)", "Hanoi, Viet Nam",
        "ประเทศ", "亚洲", "United States (Puerto Rico)", "Democratic Republic of Korea"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CHECK_STR(country_code(str_of(rows[i])), STR_NONE);
}
