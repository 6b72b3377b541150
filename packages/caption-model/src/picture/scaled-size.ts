/**
 * The picture's size when its shorter edge becomes `edge` pixels. The longer edge is rounded down, as both CLIPProcessor and
 * torchvision do, so it is never below `edge`.
 */
export function scaledSize(
  picture: { width: number; height: number },
  edge: number,
): { width: number; height: number } {
  const { width, height } = picture;
  return width <= height
    ? { width: edge, height: Math.floor((edge * height) / width) }
    : { width: Math.floor((edge * width) / height), height: edge };
}
