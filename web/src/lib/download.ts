// Hands a file to the person, as a download.

export function offerDownload(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the content by then, or asks where to put it and holds it by itself.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
