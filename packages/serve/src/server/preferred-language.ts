const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];

/** The page's language for a browser's Accept-Language; English where it wants neither or does not say. */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? "")
    .split(",")
    .map((entry) => {
      const [tag = "", ...options] = entry.trim().toLowerCase().split(";");
      const quality = options.map((option) => /^\s*q=([\d.]+)\s*$/.exec(option)?.[1]).find(Boolean);
      return { language: tag.trim().split("-")[0], quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { language } of wanted) {
    const found = languages.find((each) => each === language);
    if (found !== undefined) return found;
  }
  return "en";
}
