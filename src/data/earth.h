/* Distances on a sphere. */
#ifndef BANYAN_DATA_EARTH_H
#define BANYAN_DATA_EARTH_H

#include <math.h>

#define METRES_A_DEGREE 111195.0 /* of a great circle of 6,371 km */

/* Along a great circle between two places in degrees; half a hundredth off at most, as the earth is no sphere. */
static inline double earth_metres(double latitude, double longitude, double to_latitude, double to_longitude)
{
    double radian = M_PI / 180;
    double up = sin((to_latitude - latitude) * radian / 2), aside = sin((to_longitude - longitude) * radian / 2);
    double h = up * up + cos(latitude * radian) * cos(to_latitude * radian) * aside * aside;
    return 2 * asin(sqrt(h < 1 ? h : 1)) / radian * METRES_A_DEGREE;
}

#endif
