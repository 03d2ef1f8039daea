/* What a dataset's record says of the quality of its rows. */
#include "web/quality.h"

#include "check.h"

TEST("the flags of a dataset's parts are added up, most rows first; parts from before flags count as without")
{
    Json *doc;
    CHECK_OK(json_read(a,
                       S("{\"parts\":[{\"file\":\"a.csv\",\"rows\":10,\"aside\":1,\"flagged\":3,"
                         "\"flags\":[{\"flag\":\"outlier\","
                         "\"rows\":1},{\"flag\":\"id-missing\",\"rows\":2}]},{\"file\":\"b.csv\","
                         "\"rows\":5,\"flagged\":4,\"flags\":[{"
                         "\"flag\":\"outlier\",\"rows\":4},{\"flag\":\"of-another-version\","
                         "\"rows\":9}]},{\"file\":\"c.csv\","
                         "\"rows\":7}]}"),
                       &doc, &err));
    Json *quality = quality_value(a, doc);
    CHECK_EQ_INT(json_get_integer(quality, "rows", 0), 22);
    CHECK_EQ_INT(json_get_integer(quality, "flagged", 0), 7);
    CHECK_EQ_INT(json_get_integer(quality, "aside", 0), 1);
    CHECK_JSON(
        json_get(quality, "flags"),
        "[{\"flag\":\"outlier\",\"severity\":\"warning\",\"rows\":5},{\"flag\":\"id-missing\","
        "\"severity\":\"error\",\"rows\":2}]");
    CHECK_EQ_INT(json_array_size(json_get(quality, "parts")), 3);
}
