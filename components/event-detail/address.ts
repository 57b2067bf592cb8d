/** Where an event stands, within the filtered history that the reader walks. `within` is a printed filter, or empty. */
export function eventAddress(id: string, within: string): string {
  return within ? `/events/${id}?in=${encodeURIComponent(within)}` : `/events/${id}`;
}
