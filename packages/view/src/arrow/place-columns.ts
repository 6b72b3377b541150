import { DataType, type Field } from "apache-arrow";

/** A column's nodes and buffers among those of a record batch, which lie in the order of the schema, parents first. */
export interface ColumnPlace {
  field: Field;
  node: number;
  buffer: number;
  children: readonly ColumnPlace[];
}

/** @throws Error for a type that neither shards nor parts have */
export function placeColumns(fields: readonly Field[]): ColumnPlace[] {
  return placeFrom(fields, { node: 0, buffer: 0 });
}

function placeFrom(fields: readonly Field[], next: { node: number; buffer: number }): ColumnPlace[] {
  return fields.map((field) => {
    const place = { field, ...next };
    next.node += 1;
    next.buffer += buffersOf(field);
    const children = DataType.isStruct(field.type) ? field.type.children : [];
    return { ...place, children: placeFrom(children, next) };
  });
}

/** Buffers of the column itself, without its children's. */
function buffersOf({ name, type }: Field): number {
  if (DataType.isStruct(type)) return 1;
  if (DataType.isUtf8(type) || DataType.isBinary(type)) return 3;
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type)) return 2;
  throw new Error(`the column ${name} has a type that is not read here`);
}
