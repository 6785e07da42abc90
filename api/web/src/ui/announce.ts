// What a screen reader is told beside what is on the page.
import { store } from '../store';

export const announced = store({ calm: '', urgent: '' }, false);

export function announce(text: string, urgent = false): void {
  announced.set(urgent ? { calm: '', urgent: text } : { calm: text, urgent: '' });
}
