// Classes of attributing bodies, as readers read them.
const LEVEL_WORDS: Record<string, string> = {
  "official-UN": "UN monitors",
  "official-gov": "a government",
  "official-coalition": "a coalition of states",
  "official-UN-unnamed-victim": "UN monitors, victim not named",
  "official-gov-unnamed-victim": "a government, victim not named",
  "official-suspected": "an official body, as suspected",
  vendor: "a company",
  "victim+vendor": "the victim and a company",
  "independent-investigator": "an investigator",
  "single-researcher": "one researcher",
  "withdrawn-by-source": "withdrawn by its source",
  "not-attributed": "nobody",
};

/** The class where one is claimed; else whoever blames; "nobody yet" only where nobody does. */
export const levelWords = (level: string, blamed_by = ""): string => LEVEL_WORDS[level] ?? (level || blamed_by || "nobody yet");
