/* Any bytes as an event's date: what is read begins before it ends and within four digits of a year; what labels
   say becomes a date that is read. */
#include "data/event_date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena    *a = arena_open(0);
    Str       text = { (const char *)bytes, n }, iso;
    EventDate date;
    int       part;
    if (event_date_read(text, &date)) {
        expect(date.first_day <= date.last_day);
        expect(date.first_s < date.after_s);
        expect(date.first_day >= -719528 && date.last_day <= 2932896);
        if (event_date_day(&date, &part)) expect(part >= 1 && part <= 31);
        expect(event_date_day_of_year(date.first_day) >= 1 && event_date_day_of_year(date.last_day) <= 366);
    }
    if (event_date_from_words(a, text, &iso)) expect(event_date_read(iso, &date));
    month_read(a, text);
    arena_close(a);
    return 0;
}
