// The door of the archive import: stories that another publication printed become archive stories of this one.
export { STORY_READERS, type ArchiveFile, type StoryReader } from "./readers.ts";
export { BATCH_STORIES, importStories, type ImportedStories, type ImportedStory, type ImportStoriesOptions } from "./import-stories.ts";
export { lossesOf } from "./losses.ts";
