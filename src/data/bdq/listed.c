/* BDQ tests of what stands in lists: provinces (data/provinces.h), centres of countries (data/centres.h), annotations
   (data/annotations.h). */
#include <math.h>

#include "data/bdq/inside.h"
#include "data/earth.h"
#include "data/shapes.h"

#define BOUNDARY_METRES 3000
#define CENTRE_METRES   5000

double bdq_buffer_metres(const Ask *k, double otherwise)
{
    double metres;
    return bdq_number(k, BDQ_SPATIAL_BUFFER_IN_METERS, &metres) && metres >= 0 ? metres : otherwise;
}

/* ---- provinces ---- */

static size_t next_named(Ask *k, size_t after)
{
    return provinces_named(k->list.provinces, k->a, bdq_value(k, BDQ_STATE_PROVINCE), after);
}

/* A province without a country that ISO 3166 knows is none for the standard. */
void bdq_state_found(Ask *k)
{
    bool found = false;
    if (bdq_empty(k, BDQ_STATE_PROVINCE)) return bdq_internal(k);
    if (!k->list.provinces) return bdq_external(k);
    for (size_t i = next_named(k, PROVINCES_NONE); i != PROVINCES_NONE && !found; i = next_named(k, i))
        found = *provinces_country(k->list.provinces, i);
    bdq_comply(k, found && bdq_ends_print(k, BDQ_STATE_PROVINCE));
}

/* Without a country all provinces of the name count; a country without a province is not enough. */
void bdq_country_and_state(Ask *k)
{
    char   code[3];
    size_t found = 0;
    bool   any_country = bdq_empty(k, BDQ_COUNTRY);
    if (any_country && bdq_empty(k, BDQ_STATE_PROVINCE)) return bdq_internal(k);
    if (!k->list.provinces) return bdq_external(k);
    bool known = any_country || country_find(k->bdq->countries, bdq_value(k, BDQ_COUNTRY), code);
    for (size_t i = next_named(k, PROVINCES_NONE); known && i != PROVINCES_NONE; i = next_named(k, i)) {
        Str country = str_of(provinces_country(k->list.provinces, i));
        found += any_country ? country.len > 0 : str_eq_z(country, code);
    }
    bdq_comply(k, found == 1);
}

/* Any province of the name will do; where none fits, one whose outline the list does not have may. */
void bdq_coordinates_in_state(Ask *k)
{
    double        latitude, longitude, metres = bdq_buffer_metres(k, BOUNDARY_METRES);
    ProvincePlace place = PROVINCE_FAR;
    bool          open = false;
    if (!bdq_coordinates_valid(k) || bdq_empty(k, BDQ_STATE_PROVINCE)) return bdq_internal(k);
    if (!k->list.provinces) return bdq_external(k);
    size_t i = next_named(k, PROVINCES_NONE);
    if (i == PROVINCES_NONE) return bdq_internal(k);
    bdq_coordinates(k, &latitude, &longitude);
    for (; i != PROVINCES_NONE && place != PROVINCE_NEAR; i = next_named(k, i)) {
        place = provinces_place(k->list.provinces, i, latitude, longitude, metres);
        open = open || place == PROVINCE_NOT_SAID;
    }
    if (place != PROVINCE_NEAR && open) bdq_external(k);
    else bdq_comply(k, place == PROVINCE_NEAR);
}

/* ---- centres ---- */

/* A country has no centre outside the box around it: that is known without a list. */
static void centre_without_list(Ask *k)
{
    const Shapes *s = shapes_get();
    double        latitude, longitude;
    unsigned char shape = shapes_find(s, bdq_value(k, BDQ_COUNTRY_CODE));
    bool          outside = bdq_empty(k, BDQ_SOURCE_AUTHORITY) && shape && bdq_coordinates_valid(k) &&
                   bdq_coordinates(k, &latitude, &longitude) &&
                   !shapes_box_near(s, shape, latitude, longitude,
                                    bdq_buffer_metres(k, CENTRE_METRES) / METRES_A_DEGREE);
    if (outside) bdq_issue(k, false);
    else bdq_external(k);
}

/* Coordinates that are said to be as uncertain as the country is wide are no mistake. */
void bdq_coordinates_at_centre(Ask *k)
{
    double latitude, longitude, uncertainty, area_km2;
    if (bdq_coordinates_empty(k) || bdq_empty(k, BDQ_COUNTRY_CODE)) return bdq_internal(k);
    if (!k->list.centres) return centre_without_list(k);
    if (!bdq_coordinates_valid(k)) return bdq_issue(k, false);
    bdq_coordinates(k, &latitude, &longitude);
    bool near = centres_near(k->list.centres, bdq_value(k, BDQ_COUNTRY_CODE), latitude, longitude,
                             bdq_buffer_metres(k, CENTRE_METRES), &area_km2);
    if (!near || bdq_empty(k, BDQ_COORDINATE_UNCERTAINTY_IN_METERS)) return bdq_issue(k, near);
    if (!bdq_number(k, BDQ_COORDINATE_UNCERTAINTY_IN_METERS, &uncertainty)) return bdq_issue(k, false);
    if (isnan(area_km2)) return bdq_external(k);
    bdq_issue(k, uncertainty < sqrt(area_km2) * 1000 / 2);
}

/* ---- annotations ---- */

/* What an annotation of the record may be about: the occurrence, and what else it names by an IRI. */
static bool is_annotated(Ask *k, unsigned motivations)
{
    static const BdqTerm ids[] = { BDQ_OCCURRENCE_ID, BDQ_TAXON_ID, BDQ_SCIENTIFIC_NAME_ID,
                                   BDQ_ACCEPTED_NAME_USAGE_ID, BDQ_PARENT_NAME_USAGE_ID, BDQ_ORIGINAL_NAME_USAGE_ID,
                                   BDQ_TAXON_CONCEPT_ID, BDQ_LOCATION_ID, BDQ_HIGHER_GEOGRAPHY_ID };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        Str id = str_trim(bdq_value(k, ids[i]));
        if (ids[i] != BDQ_OCCURRENCE_ID && !str_has(id, S(":"))) continue;
        if (annotations_about(k->list.annotations, id, motivations)) return true;
    }
    return false;
}

/* An annotation that came with the record is one, whatever system has it. Of criteria for an alert only motivations are
   understood, for which the vocabulary of annotations has words. */
void bdq_annotated(Ask *k)
{
    unsigned motivations = annotation_motivations(bdq_value(k, BDQ_ANNOTATION_ALERT_IF));
    bool     any = bdq_empty(k, BDQ_ANNOTATION_ALERT_IF);
    if (!k->list.annotations && !bdq_empty(k, BDQ_ANNOTATION_SYSTEM)) return bdq_external(k);
    if (!bdq_empty(k, BDQ_ANNOTATION)) return bdq_issue(k, true);
    if (!k->list.annotations || (!any && !motivations)) return bdq_external(k);
    bdq_issue(k, is_annotated(k, motivations));
}
