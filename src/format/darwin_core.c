/* See darwin_core.h. What a term means is not looked at: only its address. */
#include "format/darwin_core.h"

#define DWC     "http://rs.tdwg.org/dwc/terms/"
#define DCTERMS "http://purl.org/dc/terms/"
#define DC      "http://purl.org/dc/elements/1.1/"

static const struct {
    const char *vocabulary, *name;
} terms[] = {
#define TERM(vocabulary, name) { vocabulary, name },
#include "format/darwin_core_terms.def"
#undef TERM
};

static const DarwinCore cores[] = {
    { DWC "Occurrence", "occurrence.txt", "occurrenceID" },
    { DWC "Event", "event.txt", "eventID" },
    { DWC "Taxon", "taxon.txt", "taxonID" },
    { DWC "Occurrence", "occurrence.txt", NULL },
};

const DarwinCore *darwin_core_of(const Column *columns, size_t n)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++) {
        if (cores[i].id && columns_find(columns, n, str_of(cores[i].id))) return &cores[i];
        if (!cores[i].id && columns_find(columns, n, S("scientificName")) &&
            columns_find(columns, n, S("basisOfRecord")))
            return &cores[i];
    }
    return NULL;
}

/* The term's address; of a column that is none, one of the dataset's own. */
static Str address_of(Arena *a, Str name, Str dataset_url)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (str_eq_z(name, terms[i].name))
            return str_join(a, (Str[]){ str_of(terms[i].vocabulary), name }, 2);
    Buf *out = buf_open(a);
    buf_put(out, dataset_url);
    buf_put_byte(out, '#');
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool          plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.';
        if (plain) buf_put_byte(out, (char)c);
        else buf_putf(out, "%%%02X", c);
    }
    return buf_str(out);
}

/* Text of XML: what it cannot have at all is left out. */
static void xml_put(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= ' ' || c == '\n' || c == '\t') buf_put_html(out, (Str){ text.at + i, 1 });
    }
}

static void element(Buf *out, const char *indent, const char *name, Str text)
{
    if (!text.len) return;
    buf_putf(out, "%s<%s>", indent, name);
    xml_put(out, text);
    buf_putf(out, "</%s>\n", name);
}

/* The core's own id, else the column that has the role. */
static const Column *id_of(const DarwinCore *core, const Column *columns, size_t n)
{
    const Column *own = core->id ? columns_find(columns, n, str_of(core->id)) : NULL;
    return own ? own : columns_role(columns, n, ROLE_OF_ID);
}

Str darwin_core_meta(Arena *a, const DarwinCore *core, const Column *columns, size_t n, Str dataset_url)
{
    Buf *out = buf_open(a);
    buf_putf(out,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<archive xmlns=\"http://rs.tdwg.org/dwc/text/\" "
             "metadata=\"eml.xml\">\n  <core encoding=\"UTF-8\" linesTerminatedBy=\"\\n\" "
             "fieldsTerminatedBy=\"\\t\" fieldsEnclosedBy=\"\" ignoreHeaderLines=\"1\" rowType=\"%s\">\n"
             "    <files><location>%s</location></files>\n",
             core->row_type, core->file);
    const Column *id = id_of(core, columns, n);
    if (id) buf_putf(out, "    <id index=\"%zu\"/>\n", (size_t)(id - columns));
    for (size_t i = 0; i < n; i++) {
        buf_putf(out, "    <field index=\"%zu\" term=\"", i);
        xml_put(out, address_of(a, columns[i].name, dataset_url));
        buf_put_z(out, "\"/>\n");
    }
    buf_put_z(out, "  </core>\n</archive>\n");
    return buf_str(out);
}

void darwin_core_put(Buf *out, Str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.at[i];
        buf_put_byte(out, c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* ---- EML ---- */

/* One element a language, the language said. */
static void texts_put(Buf *out, const char *name, const Json *map)
{
    const char *lang;
    Json       *text;
    json_object_foreach((Json *)map, lang, text)
    {
        buf_putf(out, "    <%s xml:lang=\"%s\">", name, lang);
        xml_put(out, json_text(text));
        buf_putf(out, "</%s>\n", name);
    }
}

/* In the language of the first title, where there is one: readers that pass over languages would take all of them
   for one text. */
static void abstract_put(Buf *out, const Json *title, const Json *map)
{
    const char *lang = json_object_iter_key(json_object_iter((Json *)title));
    Str         text = lang ? json_get_text(map, lang) : STR_NONE;
    if (!text.len) text = json_text(json_object_iter_value(json_object_iter((Json *)map)));
    if (!text.len) return;
    buf_put_z(out, "    <abstract><para>");
    xml_put(out, text);
    buf_put_z(out, "</para></abstract>\n");
}

static void party_put(Buf *out, const char *name, Str organisation)
{
    buf_putf(out, "    <%s>\n", name);
    element(out, "      ", "organizationName", organisation);
    buf_putf(out, "    </%s>\n", name);
}

static void licence_put(Buf *out, const DarwinCoreAbout *about)
{
    if (!about->licence.len) return;
    buf_put_z(out, "    <intellectualRights><para>");
    if (about->licence_url.len) {
        buf_put_z(out, "<ulink url=\"");
        xml_put(out, about->licence_url);
        buf_put_z(out, "\"><citetitle>");
    }
    xml_put(out, about->licence);
    buf_put_z(out, about->licence_url.len ? "</citetitle></ulink></para></intellectualRights>\n"
                                          : "</para></intellectualRights>\n");
}

static void day_put(Buf *out, const char *name, Str day)
{
    buf_putf(out, "<%s><calendarDate>", name);
    xml_put(out, day);
    buf_putf(out, "</calendarDate></%s>", name);
}

static void coverage_put(Buf *out, const DarwinCoreAbout *about)
{
    bool timed = about->from.len && about->to.len;
    if (!about->placed && !timed) return;
    buf_put_z(out, "    <coverage>\n");
    if (about->placed)
        buf_putf(out,
                 "      <geographicCoverage>\n        <geographicDescription>%.10g, %.10g to %.10g, %.10g (longitude, "
                 "latitude in degrees)</geographicDescription>\n        <boundingCoordinates>"
                 "<westBoundingCoordinate>%.10g</westBoundingCoordinate><eastBoundingCoordinate>%.10g"
                 "</eastBoundingCoordinate><northBoundingCoordinate>%.10g</northBoundingCoordinate>"
                 "<southBoundingCoordinate>%.10g</southBoundingCoordinate></boundingCoordinates>\n"
                 "      </geographicCoverage>\n",
                 about->west, about->south, about->east, about->north, about->west, about->east, about->north,
                 about->south);
    if (timed) {
        buf_put_z(out, "      <temporalCoverage><rangeOfDates>");
        day_put(out, "beginDate", about->from);
        day_put(out, "endDate", about->to);
        buf_put_z(out, "</rangeOfDates></temporalCoverage>\n");
    }
    buf_put_z(out, "    </coverage>\n");
}

static void keyword_put(Buf *out, Str keyword)
{
    if (!keyword.len) return;
    buf_put_z(out, "    <keywordSet><keyword>");
    xml_put(out, keyword);
    buf_put_z(out, "</keyword></keywordSet>\n");
}

static void terms_put(Buf *out, const DarwinCoreAbout *about)
{
    if (!about->term_count) return;
    buf_put_z(out, "    <additionalInfo>");
    for (size_t i = 0; i < about->term_count; i++) {
        buf_put_z(out, "<para>");
        xml_put(out, about->terms[i]);
        buf_put_z(out, "</para>");
    }
    buf_put_z(out, "</additionalInfo>\n");
}

/* EML has no place for how a dataset is to be cited; this is where GBIF looks for it. */
static void citation_put(Buf *out, Str citation)
{
    if (!citation.len) return;
    buf_put_z(out, "  <additionalMetadata><metadata><gbif><citation>");
    xml_put(out, citation);
    buf_put_z(out, "</citation></gbif></metadata></additionalMetadata>\n");
}

Str darwin_core_eml(Arena *a, const DarwinCoreAbout *about)
{
    Buf *out = buf_open(a);
    buf_put_z(out,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<eml:eml "
              "xmlns:eml=\"https://eml.ecoinformatics.org/eml-2.2.0\" system=\"");
    xml_put(out, about->url);
    buf_put_z(out, "\" packageId=\"");
    xml_put(out, about->id);
    buf_put_z(out, "\">\n  <dataset>\n");
    if (about->doi.len)
        element(out, "    ", "alternateIdentifier",
                str_join(a, (Str[]){ S("https://doi.org/"), about->doi }, 2));
    element(out, "    ", "alternateIdentifier", about->url);
    if (json_object_size(about->title)) texts_put(out, "title", about->title);
    else element(out, "    ", "title", about->title_fallback);
    for (size_t i = 0; i < about->creator_count; i++) party_put(out, "creator", about->creators[i]);
    element(out, "    ", "pubDate", about->published);
    abstract_put(out, about->title, about->description);
    keyword_put(out, about->keyword);
    terms_put(out, about);
    licence_put(out, about);
    buf_put_z(out, "    <distribution><online><url function=\"information\">");
    xml_put(out, about->url);
    buf_put_z(out, "</url></online></distribution>\n");
    coverage_put(out, about);
    party_put(out, "contact", about->creators[0]);
    buf_put_z(out, "  </dataset>\n");
    citation_put(out, about->citation);
    buf_put_z(out, "</eml:eml>\n");
    return buf_str(out);
}
