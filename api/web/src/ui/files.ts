// Files that a page hands to the person.

export function saveFile(name: string, type: string, data: BlobPart): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

// A file that was made once and that nobody keeps but this page.
export interface MadeFile {
  name: string;
  type: string;
  data: Uint8Array<ArrayBuffer>;
}

export function saveMade(file: MadeFile): void {
  saveFile(file.name, file.type, file.data);
}
