import { z } from "zod";

export const count = z.int().nonnegative();
export const positive = z.int().positive();
export const milliseconds = positive.max(3_600_000);
