// Writes demo/data/grid-intensity.csv from @tgwf/co2 (the last version that carries Ember's figures): a row for each
// country or group of countries. Run again after a change of the package: npm run intensity
import { readFileSync, writeFileSync } from "node:fs";

const text = readFileSync("node_modules/@tgwf/co2/dist/esm/data/average-intensities.min.js", "utf8");
const data = JSON.parse(/const data = ({[^}]*})/.exec(text)[1]);
const rows = Object.entries(data).map(([code, grams]) => `${code},${grams}`);
writeFileSync("demo/data/grid-intensity.csv", ["Code,Carbon intensity (gCO2e/kWh)", ...rows, ""].join("\n"));
console.log(rows.length, "rows");
