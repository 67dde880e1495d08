// A page of something that runs: looked at again until it is over.
const LOOK_MS = 1_500;
if (document.querySelector("[data-watch]")) setTimeout(() => location.reload(), LOOK_MS);

export {};
