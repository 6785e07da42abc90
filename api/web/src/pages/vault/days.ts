// Days as date fields have them, of the reader's own time zone.
export function endOfDay(day: string): number {
  return Math.floor(new Date(`${day}T23:59:59`).getTime() / 1000);
}

export function dayOf(seconds: number): string {
  const at = new Date(seconds * 1000);
  return [String(at.getFullYear()).padStart(4, '0'), ...[at.getMonth() + 1, at.getDate()].map((one) => String(one).padStart(2, '0'))].join('-');
}
