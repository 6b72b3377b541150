import { textData, type TakeMemory } from "@leyenda/core";
import { type Binary, type Data, makeData, type Struct } from "apache-arrow";

/**
 * The column `image` of a record batch.
 *
 * @param bytes the pictures
 * @param pathOf a name for each
 */
export function imageData(
  type: Struct,
  bytes: Data<Binary>,
  pathOf: (row: number) => string,
  take: TakeMemory,
): Data {
  return makeData({
    type,
    length: bytes.length,
    nullCount: 0,
    children: [bytes, textData(bytes.length, pathOf, take)],
  });
}
